// The page of a workflow: the panel beside the graph, undo by keys, and publishing with a mapping for records that would
// stand on nothing. The graph itself is in graph.js.

import { _, api, el, refresh, toast, wording } from "./console.js";
import "./graph.js";

// ---- The panel: what it shows stands in the address, and only the panel is loaded

function mark() {
    const address = new URLSearchParams(location.search);
    for (const each of document.querySelectorAll(".graph .chosen")) each.classList.remove("chosen");
    if (!["code", "transition"].includes(address.get("part"))) return;
    for (const link of document.querySelectorAll(".graph a[data-part]")) {
        const its = new URLSearchParams(link.getAttribute("href").split("?")[1]);
        if (["part", "code", "from", "to"].every((name) => its.get(name) === address.get(name))) link.classList.add("chosen");
    }
}

async function show(address) {
    history.replaceState(null, "", address);
    await refresh("#panel");
    document.getElementById("panel-title")?.focus({ preventScroll: true });
    document.getElementById("panel").scrollIntoView({ block: "nearest" });
}

/** The address of this page with another part in the panel. */
function withPart(part, values = {}) {
    const address = new URLSearchParams(location.search);
    for (const name of ["part", "code", "from", "to"]) address.delete(name);
    if (part) for (const [name, value] of Object.entries({ part, ...values })) address.set(name, value ?? "");
    return `${location.pathname}?${address}`;
}

document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.getAttribute("href"));
});

// What was saved is what the panel shows.
document.addEventListener("jalon:done", (event) => {
    const { shows } = event.target.dataset;
    if (shows === undefined) return;
    const values = Object.fromEntries(new FormData(event.target));
    const code = values.code ?? new URLSearchParams(location.search).get("code");
    const isOne = shows === "code" || !values.fromEvery;
    history.replaceState(null, "", withPart(isOne ? shows : "", shows === "code" ? { code } : { from: values.from, to: values.to }));
});

// ---- A transition drawn by hand, from code to code

document.addEventListener("jalon:connect", async (event) => {
    const { from, to, url } = event.detail;
    const answer = await api("PUT", url, { from: from || null, to }, { "If-Match": document.getElementById("flow").dataset.etag });
    if (!answer.ok) toast(wording(answer.data)[0], { alert: true, more: wording(answer.data).slice(1) });
    else {
        history.replaceState(null, "", withPart("transition", { from, to }));
        toast(_("Saved in the draft."));
    }
    await refresh("#flow, #picture, #below, #panel");
});

// ---- A move of one's own, made where it is drawn

function press(edge) {
    document.querySelector(`#own-moves button[name="to"][value="${CSS.escape(edge.dataset.press)}"]`)?.click();
}

document.addEventListener("click", (event) => {
    const edge = event.target.closest("a[data-press]");
    if (!edge) return;
    event.preventDefault();
    press(edge);
});

document.addEventListener("keydown", (event) => {
    const edge = event.target.closest?.("a[data-press]");
    if (edge && event.key === " ") { event.preventDefault(); press(edge); }
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input, textarea, select")) return;
    const button = document.querySelector(`[data-undo="${event.shiftKey ? "redo" : "undo"}"]`);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) button.click();
});

document.addEventListener("input", (event) => {
    const { target } = event;
    if (target.dataset.colorFor) document.getElementById(target.dataset.colorFor).value = target.value;
    else if (/^#[0-9a-f]{6}$/i.test(target.value)) for (const picker of document.querySelectorAll(`[data-color-for="${CSS.escape(target.id)}"]`)) picker.value = target.value;
});

// Whoever has seen the draft as it is now, after a refresh, edits that one.
document.addEventListener("jalon:refreshed", () => {
    const etag = document.getElementById("flow")?.dataset.etag;
    for (const form of document.querySelectorAll("form[data-draft]")) form.dataset.etag = etag;
    mark();
});

// ---- The rules as a file

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (!button) return;
    const address = URL.createObjectURL(new Blob([document.getElementById(button.dataset.of).textContent], { type: "application/yaml" }));
    el("a", { href: address, download: button.dataset.save }).click();
    URL.revokeObjectURL(address);
});

// ---- Publishing

const dialog = document.getElementById("publish-dialog");
const kinds = { code_added: () => _("new code"), code_changed: () => _("code edited"), unmapped: () => _("records would stand on nothing"), moved: () => _("moved"), retired: () => _("retired"), published: () => _("published"), error: () => _("error"), warning: () => _("warning") };

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
    const unmapped = effects.filter((effect) => effect.what === "unmapped");
    const isWrong = effects.some((effect) => effect.what === "error");
    const plain = effects.filter((effect) => effect.what !== "warning");
    const warnings = effects.filter((effect) => effect.what === "warning");
    const head = !rehearsal ? _("Version {n} is in force.", { n: workflow.version })
        : isWrong ? _("It cannot be published: mend the errors first.")
        : unmapped.length ? _("Records stand on codes that vanish. Say where they go; nobody is moved silently.")
        : _("This is what will happen:");
    report.replaceChildren(el("p", {}, el("strong", {}, head)), el("ul", { class: "findings" }, ...plain.map(line)));
    if (warnings.length) report.append(el("details", {}, el("summary", {}, _("Warnings: {n}", { n: warnings.length })), el("ul", { class: "findings" }, ...warnings.map(line))));
    if (!rehearsal) return finish(report, places, workflow);
    const known = new Set(Object.keys(mapping()));
    const codes = JSON.parse(document.getElementById("flow").dataset.codes);
    const records = new Map();
    for (const effect of unmapped) if (!known.has(effect.code)) records.set(effect.code, { ...effect, records: (records.get(effect.code)?.records ?? 0) + effect.records });
    places.append(...[...records.values()].filter((effect) => !places.querySelector(`[data-goes="${CSS.escape(effect.code)}"]`)).map((effect) => mapper(effect, codes)));
    button.disabled = isWrong || unmapped.length > 0;
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

mark();

// ---- The statement that puts a table under the workflow

document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const statement = document.getElementById(button.dataset.copy);
    try {
        await navigator.clipboard.writeText(statement.textContent);
        toast(_("Copied."));
    } catch {
        getSelection().selectAllChildren(statement); // an address without https: the browser copies only by hand
        toast(_("The browser does not let us copy; press Ctrl+C."));
    }
});
