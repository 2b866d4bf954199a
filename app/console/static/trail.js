// On the page of a record: back to the list as it was left, and on to the record before and after. list.js notes them.

import { _, el } from "./console.js";

const back = document.querySelector("a.back");
const noted = back && sessionStorage.getItem(`trail ${back.getAttribute("href")}`);

/** The records of another page of the list, and the one of them that comes next. */
async function turn(address, isNext) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const records = [...page.querySelectorAll("#list tbody tr[data-id] th a")].map((link) => link.getAttribute("href"));
    const href = (id) => page.getElementById(id)?.getAttribute("href");
    if (!answer.ok || !records.length) return location.assign(address);
    sessionStorage.setItem(`trail ${back.dataset.list}`, JSON.stringify({ address, records, next: href("page-next"), previous: href("page-previous") }));
    location.assign(records[isNext ? 0 : records.length - 1]);
}

function neighbour(trail, at, by) {
    const isNext = by > 0;
    const record = trail.records[at + by];
    const page = record ? null : isNext ? trail.next : trail.previous;
    if (!record && !page) return null;
    const link = el("a", { class: "button quiet", href: record ?? page, rel: { true: "next", false: "prev" }[isNext], id: isNext ? "record-next" : "record-previous" }, isNext ? _("Next record") : _("Previous record"));
    if (page) link.addEventListener("click", (event) => { event.preventDefault(); turn(page, isNext); });
    return link;
}

if (noted) {
    const trail = JSON.parse(noted);
    back.dataset.list = back.getAttribute("href");
    back.href = trail.address;
    const at = trail.records.indexOf(location.pathname);
    if (at >= 0) {
        const links = [neighbour(trail, at, -1), neighbour(trail, at, 1)].filter(Boolean);
        if (links.length) back.after(el("nav", { class: "neighbours", "aria-label": _("Records of the list") }, ...links));
    }
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, dialog, [popover]")) return;
        if (localStorage.getItem("jalon keys") === "off") return;
        document.getElementById({ j: "record-next", k: "record-previous" }[event.key])?.click();
    });
}
