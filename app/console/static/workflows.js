// The page of a workflow: zoom, the dialogs of a draft, and publishing with a mapping for records that would stand on nothing.

import { _, api, el, toast, wording } from "./console.js";

// ---- Zoom: of the picture in its box, kept while parts of the page are loaded again

let scale = null;

function zoom() {
    const picture = document.querySelector(".canvas > svg");
    if (!picture) return;
    const { width, height } = picture.viewBox.baseVal;
    const room = picture.parentElement.clientWidth - 2;
    const used = scale === "fit" ? Math.min(1, room / width) : scale ?? Math.max(0.85, Math.min(1, room / width));
    picture.setAttribute("width", Math.round(width * used));
    picture.setAttribute("height", Math.round(height * used));
    return used;
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    const now = zoom();
    scale = button.dataset.zoom === "fit" ? "fit" : Math.min(2.5, Math.max(0.3, now * (button.dataset.zoom === "in" ? 1.25 : 0.8)));
    zoom();
});

// ---- The place of a record in the middle of the box

function show() {
    zoom();
    const box = document.querySelector(".canvas");
    const current = box?.querySelector(".current");
    if (!current) return;
    const at = current.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    box.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
    box.scrollTop += at.top + at.height / 2 - frame.top - frame.height / 2;
}

// ---- Dialogs: filled from the row, or empty

const reach = (values, name) => name.split(".").reduce((found, part) => found?.[part], values);

function fill(form, values) {
    form.reset();
    for (const field of form.elements) {
        if (!field.name || field.name === "was") continue;
        const value = values && reach(values, field.name);
        if (field.type === "hidden") continue;
        if (!values) continue;
        if (field.type === "checkbox" && field.dataset.type !== "boolean") field.checked = (value ?? []).includes(field.value);
        else if (field.type === "checkbox") field.checked = Boolean(value);
        else {
            if (field instanceof HTMLSelectElement && value && ![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
            field.value = Array.isArray(value) ? value.join(", ") : value ?? "";
        }
    }
    const output = form.querySelector("output");
    if (output) output.textContent = "";
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-new], [data-edit]");
    const dialog = button && document.getElementById(button.dataset.open);
    if (!dialog) return;
    const form = dialog.querySelector("form");
    const values = button.dataset.values ? JSON.parse(button.dataset.values) : null;
    fill(form, values);
    const title = dialog.querySelector("h2");
    title.textContent = values ? `${title.dataset.titleEdit}: ${values.name ?? values.code}` : title.dataset.titleNew;
    if (form.elements.was) form.elements.was.value = values ? JSON.stringify({ from: values.from, to: values.to }) : "";
    if (form.elements.code) {
        form.elements.code.disabled = Boolean(values);
        form.dataset.call = values ? form.dataset.editCall.replace("{code}", encodeURIComponent(values.code)) : form.dataset.newCall;
    }
    const picker = form.querySelector("[data-color-for]");
    if (picker) picker.value = values?.color ?? "#2e7d32";
});

document.addEventListener("input", (event) => {
    const { target } = event;
    if (target.dataset.colorFor) document.getElementById(target.dataset.colorFor).value = target.value;
    else if (/^#[0-9a-f]{6}$/i.test(target.value)) for (const picker of document.querySelectorAll(`[data-color-for="${CSS.escape(target.id)}"]`)) picker.value = target.value;
});

// Whoever has seen the draft as it is now, after a refresh, edits that one.
document.addEventListener("jalon:refreshed", () => {
    const etag = document.getElementById("workflow")?.dataset.etag;
    for (const form of document.querySelectorAll("form[data-etag]")) form.dataset.etag = etag;
    zoom();
});

// ---- Publishing

const dialog = document.getElementById("publish-dialog");
const kinds = { stranded: () => _("records would stand on nothing"), moved: () => _("moved"), retired: () => _("retired"), published: () => _("published"), error: () => _("error"), warning: () => _("warning") };

function line(effect) {
    const said = effect.message ?? effect.subject;
    const count = effect.records == null ? "" : ` · ${_("{n} records", { n: effect.records })}`;
    return el("li", { class: effect.what }, el("span", { class: "tag" }, kinds[effect.what]?.() ?? effect.what), ` ${said}${count}`);
}

const mapping = () => Object.fromEntries([...dialog.querySelectorAll("[data-goes]")].filter((select) => select.value).map((select) => [select.dataset.goes, select.value]));

function mapper(effect, codes) {
    const id = `goes-${effect.code}`;
    const choices = [el("option", { value: "" }, _("Choose …")), ...codes.filter((each) => each.code !== effect.code).map((each) => el("option", { value: each.code }, each.label))];
    return el("div", { class: "field" }, el("label", { for: id }, _("{n} records on {code} go to", { n: effect.records, code: effect.code })), el("select", { id, "data-goes": effect.code }, ...choices));
}

async function publish(rehearsal) {
    const form = dialog.querySelector("form");
    const [report, places, output] = [".publish-report", ".publish-mapping", "output"].map((name) => dialog.querySelector(name));
    const button = dialog.querySelector("button.primary");
    form.setAttribute("aria-busy", "true");
    button.disabled = true;
    output.textContent = "";
    const reason = form.elements.reason.value.trim();
    const answer = await api("POST", dialog.dataset.url, { mapping: mapping(), ...(reason ? { reason } : {}) }, { "If-Match": form.dataset.etag, ...(rehearsal ? { Prefer: "tx=rollback" } : {}) });
    form.removeAttribute("aria-busy");
    if (!answer.ok) {
        output.textContent = wording(answer.data).join(" ");
        return;
    }
    const { effects, workflow } = answer.data;
    const stranded = effects.filter((effect) => effect.what === "unmapped");
    const isWrong = effects.some((effect) => effect.what === "error");
    const plain = effects.filter((effect) => effect.what !== "warning");
    const warnings = effects.filter((effect) => effect.what === "warning");
    const head = !rehearsal ? _("Version {n} is in force.", { n: workflow.version })
        : isWrong ? _("It cannot be published: mend the errors first.")
        : stranded.length ? _("Records stand on codes that vanish. Say where they go; nobody is moved silently.")
        : _("This is what will happen:");
    report.replaceChildren(el("p", {}, el("strong", {}, head)), el("ul", { class: "findings" }, ...plain.map(line)));
    if (warnings.length) report.append(el("details", {}, el("summary", {}, _("Warnings: {n}", { n: warnings.length })), el("ul", { class: "findings" }, ...warnings.map(line))));
    if (!rehearsal) return finish(report, places, workflow);
    const known = new Set(Object.keys(mapping()));
    const codes = JSON.parse(dialog.dataset.codes);
    const records = new Map();
    for (const effect of stranded) if (!known.has(effect.code)) records.set(effect.code, { ...effect, records: (records.get(effect.code)?.records ?? 0) + effect.records });
    places.append(...[...records.values()].filter((effect) => !places.querySelector(`[data-goes="${CSS.escape(effect.code)}"]`)).map((effect) => mapper(effect, codes)));
    button.disabled = isWrong || stranded.length > 0;
    report.focus();
}

function finish(report, places, workflow) {
    places.replaceChildren();
    const there = dialog.dataset.here;
    dialog.querySelector(".buttons").replaceChildren(el("a", { class: "button primary", href: `${there}?version=${workflow.version}` }, _("See version {n}", { n: workflow.version })));
    dialog.querySelector(".field")?.remove();
    dialog.addEventListener("close", () => location.assign(there));
    toast(_("Version {n} is in force.", { n: workflow.version }));
    report.focus();
}

if (dialog) {
    document.querySelector("[data-publish]").addEventListener("click", () => {
        dialog.querySelector(".publish-mapping").replaceChildren();
        dialog.showModal();
        publish(true);
    });
    dialog.querySelector("[data-rehearse]").addEventListener("click", () => publish(true));
    dialog.addEventListener("change", (event) => { if (event.target.dataset.goes) publish(true); });
    dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); publish(false); });
}

show();
