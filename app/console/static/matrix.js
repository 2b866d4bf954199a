// The permission matrix: one cell is in the tab order, arrow keys move, each change is saved at once and says so.

import { _, api, refresh, toast, wording } from "./console.js";

const grid = document.getElementById("matrix");
const boxes = () => [...grid.querySelectorAll("input[data-rule]")];

/** One cell can be reached by Tab: the last one that was. */
function enter(box) {
    for (const other of grid.querySelectorAll('input[tabindex="0"]')) other.tabIndex = -1;
    if (box) box.tabIndex = 0;
}

function neighbour(box, key, isFar) {
    const rows = [...grid.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("input[data-rule]")]).filter((row) => row.length);
    const y = rows.findIndex((row) => row.includes(box));
    const x = rows[y].indexOf(box);
    switch (key) {
        case "ArrowLeft": return rows[y][x - 1];
        case "ArrowRight": return rows[y][x + 1];
        case "ArrowUp": return rows[y - 1]?.[x];
        case "ArrowDown": return rows[y + 1]?.[x];
        case "Home": return rows[isFar ? 0 : y][0];
        case "End": return rows[isFar ? rows.length - 1 : y].at(-1);
    }
}

/** Save one cell; `allowed` null takes its own rule away. A refusal puts it back and says why. */
async function save(box, allowed) {
    const cell = box.closest("td");
    const was = box.defaultChecked;
    if (cell.getAttribute("aria-busy") === "true") { box.checked = was; return; }
    cell.setAttribute("aria-busy", "true");
    const answer = await api("PUT", "/api/v1/permissions", { rules: [{ ...JSON.parse(box.dataset.rule), allowed }] });
    cell.removeAttribute("aria-busy");
    for (const old of grid.querySelectorAll(".saved, .refused")) old.classList.remove("saved", "refused");
    if (!answer.ok) {
        box.checked = was;
        cell.classList.add("refused");
        const [said, ...more] = wording(answer.data);
        return toast(_("Not saved: {cell}. {why}", { cell: box.ariaLabel, why: said }), { alert: true, more });
    }
    await refresh("#" + CSS.escape(box.closest("tbody").id), { focus: box });
    const now = document.getElementById(box.id);
    now?.closest("td").classList.add("saved");
    enter(now);
    toast(_("Saved: {cell}.", { cell: box.ariaLabel }));
}

grid.addEventListener("change", (event) => {
    if (event.target.dataset.rule) save(event.target, event.target.checked);
});

grid.addEventListener("click", (event) => {
    const back = event.target.closest(".back-to-wider");
    if (back) { const box = back.parentElement.querySelector("input"); box.focus(); save(box, null); }
});

grid.addEventListener("focusin", (event) => {
    if (event.target.dataset.rule) enter(event.target);
});

grid.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.dataset.rule) return;
    if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        if (box.closest("td").classList.contains("own")) save(box, null);
        return;
    }
    const next = neighbour(box, event.key, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    next.focus();
});

enter(boxes()[0]);
