// A list: filters that apply themselves, columns, keys, rows that follow changes one by one. templates/list.html.

import { _, api, dress, el, onReplace } from "./console.js";

const form = document.getElementById("list-filters");
const list = () => document.getElementById("list");
const rows = () => [...list().querySelectorAll("tbody tr[data-id]:not(.leaving)")];
const seen = new Map(); // id of a row -> as the server wrote it: what differs has changed

function remember() {
    seen.clear();
    for (const row of rows()) seen.set(row.id, row.outerHTML);
    sessionStorage.setItem(`trail ${form.getAttribute("action")}`, JSON.stringify({
        address: location.pathname + location.search,
        records: rows().map((row) => row.querySelector("th a").getAttribute("href")),
        next: list().querySelector("#page-next")?.getAttribute("href"),
        previous: list().querySelector("#page-previous")?.getAttribute("href"),
    }));
}

// ---- Rows, one by one

/** A fresh row takes the place of an old one: what was ticked stays so, what had the focus has it again. */
function exchange(old, fresh, held) {
    const focus = [held, document.activeElement].find((each) => each && old.contains(each))?.id;
    const ticked = old.querySelector('[name="ids"]')?.checked;
    const outcome = old.querySelector(".outcome");
    old.replaceWith(fresh);
    if (ticked) fresh.querySelector('[name="ids"]').checked = true;
    if (outcome?.textContent) fresh.querySelector(".outcome")?.replaceWith(outcome);
    if (focus) (document.getElementById(focus) ?? fresh.querySelector("a[href]"))?.focus({ preventScroll: true });
    fresh.classList.add("changed");
}

/** A row that is no longer of this list: if its record moved, it shows where to, then goes. */
async function leave(row, held) {
    const hasFocus = [held, document.activeElement].some((each) => each && row.contains(each));
    const record = await api("GET", `/api/v1/tracked/${encodeURIComponent(list().dataset.table)}/${encodeURIComponent(row.dataset.id)}`);
    if (!record.ok || String(record.data.version) === row.dataset.version) return gone(row);
    row.classList.add("leaving");
    const cells = [...row.querySelectorAll("[data-status]")];
    for (const [place, cell] of cells.entries()) {
        const status = record.data.statuses[place];
        if (cells.length === record.data.statuses.length) cell.replaceChildren(chip(status));
    }
    for (const menu of row.querySelectorAll(".moves, .tick-cell > *")) menu.remove();
    if (hasFocus) row.querySelector("th a").focus({ preventScroll: true });
    row.lastElementChild.append(el("span", { class: "outcome" }, _("No longer in this list")));
    setTimeout(() => gone(row), 6000);
}

function gone(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const held = row.contains(document.activeElement);
    row.remove();
    if (held) (next?.querySelector("th a") ?? document.getElementById("main")).focus({ preventScroll: true });
}

function chip(status) {
    const made = el("span", { class: "chip" }, el("span", {}, status.label ?? status.code ?? "–"));
    if (status.color) {
        const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        dot.setAttribute("class", "dot");
        dot.setAttribute("viewBox", "0 0 10 10");
        const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        for (const [name, value] of Object.entries({ cx: 5, cy: 5, r: 4.5, fill: status.color })) circle.setAttribute(name, value);
        dot.append(circle);
        made.prepend(dot);
    }
    return made;
}

/** What is there now in place of what was there, row by row; false where the list has another shape. */
function merge(old, fresh, held) {
    const body = old.querySelector("tbody");
    const wanted = fresh.querySelector("tbody");
    if (!body || !wanted || old.querySelector("thead").textContent !== fresh.querySelector("thead").textContent) return false;
    const kept = new Map(rows().map((row) => [row.id, row]));
    const leaving = [];
    dress(fresh);
    for (const [id, row] of kept) if (!fresh.querySelector(`#${CSS.escape(id)}`)) leaving.push(row);
    let place = body.firstElementChild;
    for (const row of [...wanted.children]) {
        const mine = kept.get(row.id);
        while (place && (leaving.includes(place) || place.classList.contains("leaving"))) place = place.nextElementSibling;
        const html = row.outerHTML;
        if (mine && seen.get(row.id) === html) {
            if (mine === place) place = place.nextElementSibling;
            else if (!mine.contains(document.activeElement)) body.insertBefore(mine, place); // what has the focus stays where it is
        } else if (mine) {
            const isHere = mine === place;
            if (isHere) place = place.nextElementSibling;
            exchange(mine, row, held);
            if (!isHere && !row.contains(document.activeElement)) body.insertBefore(row, place);
        } else {
            body.insertBefore(row, place);
            row.classList.add("changed");
        }
        seen.set(row.id, html);
    }
    for (const part of ["#list-count", "#list-pager"]) {
        const [was, is] = [old.querySelector(part), fresh.querySelector(part)];
        if (was && is && was.textContent !== is.textContent) was.replaceWith(is);
    }
    const moved = leaving.slice(0, 20);
    for (const row of leaving.slice(20)) gone(row);
    return Promise.all(moved.map((row) => leave(row, held))).then(() => true);
}

onReplace("[data-rows]", async (old, fresh, held) => {
    const isMerged = await merge(old, fresh, held);
    if (isMerged) {
        const saved = new Map(seen);
        remember();
        for (const [id, html] of saved) if (seen.has(id)) seen.set(id, html);
    }
    return isMerged;
});

// ---- Filters and columns

let asked = 0;
let pending = 0;

/** The address of this list with what the form says now: without a place, since that belongs to the old filter. */
function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, String(value));
    return form.getAttribute("action") + (query.size ? `?${query}` : "");
}

async function apply(to) {
    const mine = ++asked;
    list().setAttribute("aria-busy", "true");
    let page;
    try {
        const answer = await fetch(to, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) return location.assign(to);
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
        return location.assign(to);
    }
    if (mine !== asked || pending) return; // another filter was chosen meanwhile, or is being typed
    history.replaceState(null, "", to);
    for (const id of ["list", "list-views"]) swap(document.getElementById(id), page.getElementById(id));
    const fields = new Map([...page.querySelectorAll("#list-filters > *")].map((field) => [field.querySelector("[id]")?.id ?? field.id, field]));
    for (const field of [...form.children]) {
        const fresh = fields.get(field.querySelector("[id]")?.id ?? field.id);
        if (!field.contains(document.activeElement) && fresh && fresh.matches(".field") && field.outerHTML !== fresh.outerHTML) swap(field, fresh);
    }
    const clear = document.getElementById("list-clear");
    const wanted = page.getElementById("list-clear");
    if (clear && !wanted) clear.remove();
    if (!clear && wanted) form.append(document.adoptNode(wanted));
    const bulk = [document.getElementById("bulk"), page.getElementById("bulk")];
    if (bulk[0] && bulk[1]) bulk[0].elements.to.replaceChildren(...bulk[1].elements.to.children);
    remember();
    document.dispatchEvent(new CustomEvent("jalon:refreshed"));
}

function swap(old, fresh) {
    if (!old || !fresh) return;
    const taken = document.adoptNode(fresh);
    dress(taken);
    old.replaceWith(taken);
}

form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(pending); pending = 0; apply(address()); });
for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => {
        const isTyped = event.target.matches("input:not([type=date], [type=checkbox])");
        if (isTyped !== (kind === "input")) return;
        clearTimeout(pending);
        pending = setTimeout(() => { pending = 0; apply(address()); }, isTyped ? 300 : 0);
    });
}

document.addEventListener("click", (event) => {
    const column = event.target.closest("[data-column]");
    if (!column) return;
    const all = [...document.querySelectorAll("[data-column]")];
    const chosen = all.filter((each) => (each.getAttribute("aria-pressed") === "true") !== (each === column)).map((each) => each.dataset.column).join(",");
    if (!chosen) return; // one stays
    let kept = form.elements.namedItem("columns");
    if (!kept) form.append(kept = el("input", { type: "hidden", name: "columns" }));
    kept.value = chosen;
    const to = new URL(location.href);
    to.searchParams.set("columns", chosen);
    apply(to.pathname + to.search).then(() => {
        document.getElementById("list-columns")?.showPopover();
        document.getElementById(column.id)?.focus();
    });
});

// ---- Keys

const isOn = () => localStorage.getItem("jalon keys") !== "off";
const here = () => document.activeElement?.closest?.("#list tbody tr[data-id]");

const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => here()?.querySelector('[name="ids"]')?.click(),
    e: () => here()?.querySelector("[data-moves]")?.click(),
    "?": () => document.getElementById("list-keys").showModal(),
};

function step(by) {
    const all = rows();
    const at = all.indexOf(here());
    const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
    row?.querySelector("th a")?.focus();
    row?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !isOn()) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea, dialog, [popover]")) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
});

document.querySelector("[data-keys-on]").checked = isOn();
document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-on]")) localStorage.setItem("jalon keys", event.target.checked ? "on" : "off");
});

remember();
