// Somebody was faster: who, with what, when, and what is possible now. What was typed stays; what the other wrote is put
// beside it, so that saving again is a choice and no accident.

import { FRESH, _, api, dress, el, isChanged, locale, refresh, toast, wording } from "./console.js";

export const isConflict = ({ status, data }) => status === 412 || (status === 409 && (data?.code === "JL102" || Array.isArray(data?.missed)));

const at = (moment) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(moment));

/** Says it in the form (in a dialog or a panel that stays open) or in a toast, and brings the page up to date. */
export async function conflict({ answer, form, record, refreshed, focus }) {
    const said = await happened(answer.data, record);
    if (fields(form).length) said.push(...(await catchUp(form)));
    const output = form.closest("dialog[open], aside")?.querySelector('output[role="alert"]');
    if (output) output.textContent = said.join(" ");
    else toast(said[0], { alert: true, more: said.slice(1) });
    await refresh(refreshed, { focus, keep: fields(form).length ? form : null });
}

/** The last that happened to the record: a change of its content, which the refusal names, or a move, which its history has. */
async function happened(data, record) {
    const [now, past] = record ? await Promise.all([api("GET", record), api("GET", `${record}/history?limit=1`)]) : [];
    const last = past?.ok ? past.data.items[0] : null;
    const said = [];
    if (data?.edited) {
        said.push(_("{who} changed the content meanwhile, on {at}. Your change was not saved.", { who: data.edited.by, at: at(data.edited.at) }));
        if (now?.ok) said.push(_("Current status: {status}.", { status: now.data.statuses.map((status) => status.label).join(", ") }));
    } else if (last) {
        const to = last.changes.map((change) => change.toLabel ?? change.to).join(", ");
        said.push(_("{who} moved it to {to} just before you, on {at}. Your change was not saved.", { who: last.by, to, at: at(last.at) }));
        if (last.reason) said.push(_("Reason: {reason}", { reason: last.reason }));
    } else said.push(...wording(data));
    if (now?.ok) {
        const moves = now.data.statuses.flatMap((status) => status.moves ?? []).map((move) => move.actionLabel ?? move.label);
        said.push(moves.length ? _("Possible now: {moves}.", { moves: moves.join(", ") }) : _("Nothing is possible for you now."));
    }
    return said;
}

// ---- What the other wrote

const fields = (form) => [...form.elements].filter((field) => field.id && field.name && field.matches("input:not([type=hidden], [type=radio], [data-auto]), textarea, select"));
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
const shown = (field) => (field instanceof HTMLSelectElement ? field.selectedOptions[0]?.textContent.trim() : field.type === "checkbox" ? (field.checked ? _("yes") : _("no")) : field.value) || "–";

/** Fields that were left alone take the value of now; at those that were changed it stands beside. The next try is at what is there now. */
async function catchUp(form) {
    let page;
    try {
        page = new DOMParser().parseFromString(await (await fetch(location.href, { headers: { Accept: "text/html", ...FRESH } })).text(), "text/html");
    } catch {
        return []; // the next call says that the server is away
    }
    dress(page);
    const fresh = [...page.forms].find((each) => each.dataset.call === form.dataset.call);
    if (!fresh) return [];
    if (fresh.dataset.etag) form.dataset.etag = fresh.dataset.etag;
    for (const note of form.querySelectorAll(".theirs")) note.remove();
    const both = fields(form).filter((field) => adopt(field, page.getElementById(field.id)));
    return both.length ? [_("Look at what is marked, then save again to put yours in its place.")] : [_("Save again to add yours to it.")];
}

/** Whether both changed it, to different values. */
function adopt(field, theirs) {
    if (!theirs || theirs.type !== field.type) return false;
    const mine = valueOf(field);
    const isMine = isChanged(field);
    const was = field instanceof HTMLSelectElement ? [...field.options].find((option) => option.defaultSelected)?.value ?? "" : field.type === "checkbox" ? field.defaultChecked : field.defaultValue;
    const now = valueOf(theirs);
    if (field instanceof HTMLSelectElement) for (const option of field.options) option.defaultSelected = option.value === now;
    else if (field.type === "checkbox") field.defaultChecked = now;
    else field.defaultValue = now;
    if (field.type === "checkbox") field.checked = isMine ? mine : now;
    else field.value = isMine ? mine : now;
    if (!isMine || now === was || now === mine) return false;
    field.closest(".field")?.append(el("p", { class: "hint theirs" }, _("Now it says: {value}", { value: shown(theirs) })));
    return true;
}
