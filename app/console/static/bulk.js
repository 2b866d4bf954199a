// Bulk change: rows ticked, a preview that does nothing, then each row on its own with its own result.

import { _, api, el, refresh, toast, wording } from "./console.js";

const form = document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll('input[type="checkbox"][name="ids"][form="bulk"]')];
const ticked = () => boxes().filter((box) => box.checked);
const preview = form?.querySelector(".bulk-preview");

function count() {
    const number = ticked().length;
    form.hidden = number === 0;
    form.querySelector(".bulk-count").textContent = number === 1 ? _("1 ticked") : _("{n} ticked", { n: number });
    preview.replaceChildren();
    for (const all of document.querySelectorAll("[data-tick-all]")) {
        all.checked = number > 0 && number === boxes().length;
        all.indeterminate = number > 0 && !all.checked;
    }
}

function wanted(rows) {
    const body = { ids: rows.map((row) => row.value), to: form.elements.to.value, mode: "each", expectedVersions: rows.map((row) => Number(row.dataset.version)) };
    const reason = form.elements.reason?.value.trim();
    const column = form.elements.namedItem("column")?.value;
    return { ...body, ...(reason && { reason }), ...(column && { column }) };
}

/** The row that a refusal is about, unless its words begin with it. */
function named(item, rows) {
    const what = rows.find((row) => row.value === item.id)?.dataset.what;
    return what && !why(item).startsWith(what) ? [el("strong", {}, what), " – "] : [];
}

const why = (item) => (item.problem.message ? item.problem.message : wording(item.problem)[0]);

async function show(rows) {
    busy(true);
    const answer = await api("POST", form.dataset.bulk, wanted(rows), { Prefer: "tx=rollback" });
    busy(false);
    if (!answer.ok) return preview.replaceChildren(el("output", { role: "alert" }, wording(answer.data).join(" ")));
    const refused = answer.data.items.filter((item) => item.problem);
    const good = rows.filter((row) => !refused.some((item) => item.id === row.value));
    const said = refused.length === 0
        ? _("All {all} can move.", { all: rows.length })
        : _(refused.length === 1 ? "{n} of {all} can move; this one can't, because:" : "{n} of {all} can move; these {refused} can't, because:", { n: good.length, all: rows.length, refused: refused.length });
    const parts = [el("p", {}, el("strong", {}, said))];
    if (refused.length) parts.push(el("ul", {}, ...refused.map((item) => el("li", {}, ...named(item, rows), why(item)))));
    if (good.length) {
        const button = el("button", { type: "button", class: "primary" }, good.length === 1 ? _("Move this one") : _("Move these {n}", { n: good.length }));
        button.addEventListener("click", () => move(good));
        parts.push(el("div", { class: "buttons" }, button));
    }
    preview.replaceChildren(...parts);
    preview.focus();
}

async function move(rows) {
    busy(true);
    const answer = await api("POST", form.dataset.bulk, wanted(rows));
    if (!answer.ok) {
        busy(false);
        return preview.replaceChildren(el("output", { role: "alert" }, wording(answer.data).join(" ")));
    }
    await refresh(form.dataset.refresh);
    busy(false);
    for (const item of answer.data.items) {
        for (const place of document.querySelectorAll(`[data-outcome="${CSS.escape(item.id)}"]`)) {
            place.textContent = item.problem ? why(item) : _("Moved");
            place.classList.toggle("failed", Boolean(item.problem));
        }
    }
    const all = answer.data.items.length;
    toast(_("{n} of {all} moved.", { n: all - answer.data.failed, all }), { alert: answer.data.failed > 0 });
    count();
    document.getElementById("main").focus({ preventScroll: true });
}

function busy(on) {
    form.setAttribute("aria-busy", String(on));
    for (const button of form.querySelectorAll("button")) button.disabled = on;
}

if (form) {
    document.addEventListener("change", (event) => {
        if (event.target.matches("[data-tick-all]")) for (const box of boxes()) box.checked = event.target.checked;
        if (event.target.matches('[data-tick-all], [name="ids"][form="bulk"]')) count();
        else if (event.target.form === form) preview.replaceChildren();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); show(ticked()); });
    form.querySelector("[data-untick]").addEventListener("click", () => { for (const box of boxes()) box.checked = false; count(); });
    document.addEventListener("jalon:refreshed", count);
    count();
}
