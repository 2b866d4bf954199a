// The drawing of a workflow in its box: it fits at first; dragging, the wheel, keys and buttons move and zoom it; in a
// draft, dragging from a code to another asks for a transition between them ("jalon:connect").

const LARGEST = 2.5; // times its own size
let view = null; // what is seen of the drawing, kept while parts of the page are loaded again; null: all of it
let held = null; // what is being dragged

const box = () => document.querySelector(".canvas");
const drawing = () => document.querySelector(".canvas > svg");
const shape = (svg) => (svg.dataset.shape ??= svg.getAttribute("viewBox")).split(" ").map(Number);

/** All of it, in the middle, at its own size at the most. */
function whole(svg) {
    const [x, y, width, height] = shape(svg);
    const scale = Math.min(1, svg.clientWidth / width, svg.clientHeight / height);
    const [wide, high] = [svg.clientWidth / scale, svg.clientHeight / scale];
    return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}

function draw() {
    const svg = drawing();
    if (!svg) return;
    const [, , , height] = shape(svg);
    svg.setAttribute("width", "100%");
    svg.setAttribute("height", String(Math.max(320, height)));
    const seen = view ?? whole(svg);
    svg.setAttribute("viewBox", [seen.x, seen.y, seen.width, seen.height].map((each) => each.toFixed(1)).join(" "));
}

/** Larger by a factor, around a point of the screen or the middle. */
function zoom(factor, point) {
    const svg = drawing();
    const now = view ?? whole(svg);
    const scale = svg.clientWidth / now.width;
    const least = Math.min(svg.clientWidth / whole(svg).width, 1) / 2;
    const used = Math.min(LARGEST, Math.max(least, scale * factor)) / scale;
    const frame = svg.getBoundingClientRect();
    const [left, top] = point ? [(point.x - frame.left) / frame.width, (point.y - frame.top) / frame.height] : [0.5, 0.5];
    const [width, height] = [now.width / used, now.height / used];
    view = { x: now.x + (now.width - width) * left, y: now.y + (now.height - height) * top, width, height };
    draw();
}

/** Moved by pixels of the screen. */
function pan(right, down) {
    const svg = drawing();
    const now = view ?? whole(svg);
    const scale = svg.clientWidth / now.width;
    view = { ...now, x: now.x - right / scale, y: now.y - down / scale };
    draw();
}

function all() {
    view = null;
    draw();
}

const KEYS = {
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: all,
    ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0), ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
};

document.addEventListener("keydown", (event) => {
    if (!box()?.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
});

document.addEventListener("wheel", (event) => {
    if (!box()?.contains(event.target) || !(event.ctrlKey || box().contains(document.activeElement))) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX, y: event.clientY });
}, { passive: false });

document.addEventListener("click", (event) => {
    const { zoom: how } = event.target.closest("[data-zoom]")?.dataset ?? {};
    if (how === "fit") all();
    else if (how) zoom(how === "in" ? 1.25 : 0.8);
});

// A code that gets the focus is seen.
document.addEventListener("focusin", (event) => {
    if (!view || !drawing()?.contains(event.target)) return;
    const [at, frame] = [event.target.getBoundingClientRect(), drawing().getBoundingClientRect()];
    if (at.left < frame.left || at.right > frame.right || at.top < frame.top || at.bottom > frame.bottom) pan(frame.left + frame.width / 2 - at.left - at.width / 2, frame.top + frame.height / 2 - at.top - at.height / 2);
});

// ---- Dragging: the drawing, or in a draft a line from a code to another

const nodeAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".graph [data-code]");

function place(event) {
    const svg = drawing();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [at.x, at.y];
}

function line(node, event) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const { x, y, width, height } = node.getBBox();
    const [right, down] = place(event);
    for (const [name, value] of Object.entries({ class: "drawn", x1: x + width / 2, y1: y + height / 2, x2: right, y2: down })) made.setAttribute(name, String(value));
    drawing().append(made);
    return made;
}

document.addEventListener("pointerdown", (event) => {
    if (event.button || !drawing()?.contains(event.target)) return;
    const node = box().dataset.connect ? event.target.closest("[data-code]") : null;
    held = { x: event.clientX, y: event.clientY, node, line: null, isMoved: false };
});

document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [right, down] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.isMoved && Math.hypot(right, down) < 6) return;
    held.isMoved = true;
    box().classList.add("held");
    if (!held.node) {
        pan(right, down);
        Object.assign(held, { x: event.clientX, y: event.clientY });
        return;
    }
    held.line ??= line(held.node, event);
    const [x, y] = place(event);
    held.line.setAttribute("x2", String(x));
    held.line.setAttribute("y2", String(y));
    for (const each of document.querySelectorAll(".graph .target")) each.classList.remove("target");
    const target = nodeAt(event);
    if (target && target !== held.node && target.dataset.code) target.classList.add("target");
});

function drop(event) {
    if (!held) return;
    const { node, line: drawn, isMoved } = held;
    const target = event.type === "pointerup" ? nodeAt(event) : null;
    drawn?.remove();
    box().classList.remove("held");
    for (const each of document.querySelectorAll(".graph .target")) each.classList.remove("target");
    held = null;
    if (isMoved) withoutClick();
    if (node && drawn && target && target !== node && target.dataset.code) {
        document.dispatchEvent(new CustomEvent("jalon:connect", { detail: { from: node.dataset.code, to: target.dataset.code, url: box().dataset.connect } }));
    }
}

/** The click that ends a drag isn't one on what lies below. */
function withoutClick() {
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true));
}

document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
document.addEventListener("dragstart", (event) => { if (drawing()?.contains(event.target)) event.preventDefault(); });

document.addEventListener("jalon:refreshed", draw);
addEventListener("resize", draw);
draw();
