// Triage: the list on the left, one event on the right. After a decision the next one comes by itself; j and k go through
// the list, a, r and v press the buttons that say so.

import { refresh } from "./console.js";

const rows = () => [...document.querySelectorAll("#queue a[data-event]")];
const chosen = () => rows().findIndex((row) => row.getAttribute("aria-current") === "true");

/** Shows another event, without a page of its own in the history of the browser. */
async function choose(row) {
    if (!row) return;
    history.replaceState(null, "", row.getAttribute("href"));
    await refresh("#queue, #triage", { focus: null });
    document.getElementById("triage")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
    const row = event.target.closest?.("#queue a[data-event]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    choose(row);
});

document.addEventListener("jalon:done", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("#triage")) return;
    const all = rows();
    const next = all[chosen() + 1] ?? all[chosen() - 1];
    const address = new URL(next?.href ?? location.href);
    if (!next) address.searchParams.delete("selected");
    history.replaceState(null, "", address);
});

document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-note-template]")) return;
    const note = document.getElementById("triage-notes");
    if (event.target.value) note.value = [note.value.trim(), event.target.value].filter(Boolean).join("\n");
    event.target.value = "";
    note.focus();
});

document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || document.querySelector("dialog[open], [popover]:popover-open")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") choose(rows()[chosen() + (key === "j" ? 1 : -1)]);
    else if (key === "n") document.getElementById("triage-notes")?.focus();
    else document.querySelector(`#triage button[data-key="${CSS.escape(key)}"]`)?.click();
    if (["j", "k", "n"].includes(key)) event.preventDefault();
});
