// Bulk change: rows ticked, a preview that does nothing, then each row on its own with its own result.

import { _, api, el, offerUndo, recordOf, refresh, toast, wording } from "./console.js";

const form = document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll('input[type="checkbox"][name="ids"][form="bulk"]')];
const ticked = () => boxes().filter((box) => box.checked);
const preview = form?.querySelector(".bulk-preview");

let previewed = ""; // the rows of the preview: it stays as long as they are ticked
const ids = (rows) => rows.map((row) => row.value).join(" ");

function count() {
    const number = ticked().length;
    form.hidden = number === 0;
    form.querySelector(".bulk-count").textContent = number === 1 ? _("1 ticked") : _("{n} ticked", { n: number });
    if (ids(ticked()) !== previewed) preview.replaceChildren();
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

const why = (item) => item.problem.brief ?? item.problem.message ?? wording(item.problem)[0];
const isThere = (item) => !item.problem && item.from === item.to;

/** What a preview or a change says: those that move, those that are there already, those that are refused. */
function sorted(items) {
    const refused = items.filter((item) => item.problem);
    const there = items.filter(isThere);
    return { moving: items.filter((item) => !item.problem && !isThere(item)), there, refused };
}

/** Refusals by their reason, each with the records that it is about. */
function reasons(refused, rows) {
    const groups = new Map();
    for (const item of refused) groups.set(why(item), [...(groups.get(why(item)) ?? []), rows.find((row) => row.value === item.id)?.dataset.what ?? item.id]);
    return [...groups].map(([reason, names]) => el("li", {}, el("strong", {}, String(names.length)), " – ", reason, el("span", { class: "dim" }, ` (${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""})`)));
}

async function show(rows) {
    busy(true);
    const answer = await api("POST", form.dataset.bulk, wanted(rows), { Prefer: "tx=rollback" });
    busy(false);
    if (!answer.ok) return preview.replaceChildren(el("output", { role: "alert" }, wording(answer.data).join(" ")));
    const { moving, there, refused } = sorted(answer.data.items);
    const said = [
        moving.length === 1 ? _("1 will move") : _("{n} will move", { n: moving.length }),
        there.length === 0 ? null : there.length === 1 ? _("1 is already there") : _("{n} are already there", { n: there.length }),
        refused.length === 0 ? null : refused.length === 1 ? _("1 can't") : _("{n} can't", { n: refused.length }),
    ].filter(Boolean).join(", ");
    const parts = [el("p", {}, el("strong", {}, `${said}.`))];
    if (refused.length) parts.push(el("ul", {}, ...reasons(refused, rows)));
    if (moving.length) {
        const button = el("button", { type: "button", class: "primary" }, moving.length === 1 ? _("Move this one") : _("Move these {n}", { n: moving.length }));
        button.addEventListener("click", () => move(rows.filter((row) => moving.some((item) => item.id === row.value))));
        parts.push(el("div", { class: "buttons" }, button));
    }
    preview.replaceChildren(...parts);
    previewed = ids(rows);
    preview.focus();
}

async function move(rows) {
    busy(true);
    const answer = await api("POST", form.dataset.bulk, wanted(rows));
    if (!answer.ok) {
        busy(false);
        return preview.replaceChildren(el("output", { role: "alert" }, wording(answer.data).join(" ")));
    }
    preview.replaceChildren();
    await refresh(form.dataset.refresh);
    busy(false);
    const { moving, there, refused } = sorted(answer.data.items);
    for (const item of answer.data.items) {
        for (const place of document.querySelectorAll(`[data-outcome="${CSS.escape(item.id)}"]`)) {
            place.textContent = item.problem ? why(item) : isThere(item) ? _("Already there") : _("Moved");
            place.classList.toggle("failed", Boolean(item.problem));
        }
    }
    const said = [
        moving.length === 1 ? _("1 moved") : _("{n} moved", { n: moving.length }),
        there.length === 0 ? null : there.length === 1 ? _("1 was already there") : _("{n} were already there", { n: there.length }),
        refused.length === 0 ? null : refused.length === 1 ? _("1 was refused") : _("{n} were refused", { n: refused.length }),
    ].filter(Boolean).join(", ");
    const toasted = toast(`${said}.`, { alert: refused.length > 0, more: [...new Set(refused.map(why))] });
    const [table] = recordOf(form.dataset.bulk) ?? [];
    if (table && moving.length) offerUndo(toasted, table, moving.map((item) => item.id), form.dataset.refresh);
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
