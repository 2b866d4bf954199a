// Ctrl+K: any page, any record, any move. Pages are those of the navigation; records and moves are what the search page finds.

import { _, dress, el } from "./console.js";

const dialog = document.getElementById("palette");
const field = dialog.querySelector("input");
const list = dialog.querySelector("#palette-found");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let asked = 0;
let pending = 0;

function pages(text) {
    const words = plain(text).split(/\s+/).filter(Boolean);
    return [...document.querySelectorAll("#areas a")].filter((link) => {
        const label = plain(link.dataset.label).split(/\s+/);
        return words.every((word) => label.some((part) => part.startsWith(word)));
    }).map((link) => el("a", { class: "found", href: link.getAttribute("href") }, el("strong", {}, link.dataset.label), el("small", {}, _("page"))));
}

async function look() {
    const text = field.value.trim();
    const mine = ++asked;
    list.replaceChildren(...pages(text));
    if (text.length < 2) return;
    try {
        const answer = await fetch(`/console/search?${new URLSearchParams({ q: text })}`, { headers: { Accept: "text/html" } });
        if (mine !== asked || !answer.ok || answer.redirected) return;
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("results");
        for (const form of found.querySelectorAll("form")) delete form.dataset.refresh;
        list.replaceChildren(...document.adoptNode(found).childNodes, ...pages(text));
        dress(list);
    } catch {
        // the pages are there
    }
}

function open() {
    field.value = "";
    look();
    dialog.showModal();
    field.focus();
}

const items = () => [field, ...list.querySelectorAll("a, button")];

dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === field) {
        event.preventDefault();
        clearTimeout(pending);
        look().then(() => items()[1]?.click()); // what was typed last counts, however fast
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = items();
    const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    all[(at + all.length) % all.length].focus();
    event.preventDefault();
});
field.addEventListener("input", () => { clearTimeout(pending); pending = setTimeout(look, 150); });
dialog.addEventListener("jalon:done", () => dialog.close());
document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
});
document.getElementById("search").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
});
