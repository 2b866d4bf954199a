// The bell: how many notifications are unread, kept by the server's events. One tab of a browser listens for all of them
// (a browser holds few connections to one server, and a stream is one); the others hear it from that tab.

import { FRESH, _, el, language, refresh, toast } from "./console.js";

const bell = document.getElementById("bell");
const LIST = "/api/organizer/notifications";
const pages = Object.entries(JSON.parse(bell.dataset.pages));
const others = "BroadcastChannel" in window ? new BroadcastChannel(`jalon-bell-${bell.dataset.actor}`) : null;
let unread = null;

function show(count) {
    unread = count;
    const badge = bell.querySelector(".badge");
    badge.hidden = !count;
    badge.textContent = count > 99 ? "99+" : count;
    bell.querySelector(".for-readers").textContent = count ? _("Notifications, {n} unread", { n: count }) : _("Notifications, none unread");
}

/** Where a link of the API leads in the console; nothing where it leads nowhere. */
function pageOf(link) {
    const [start, here] = pages.find(([start]) => link?.startsWith(start)) ?? [];
    return start && here + link.slice(start.length);
}

/** Said politely, where it can be seen, and whatever on this page is live is loaded again. */
function tell({ title, link }) {
    if (document.visibilityState !== "visible") return;
    const page = pageOf(link);
    toast(title, { more: page ? [el("a", { href: page }, _("See it"))] : [] });
    live();
}

let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(() => { pressed = false; }), true);

/** Somebody has a dialog or a menu open, or a button under the finger: what they are at is not taken from them. */
function busy() {
    return pressed || document.querySelector("dialog[open], [popover]:popover-open") !== null;
}

let later;
let loaded = 0;

/** Whatever on this page is live is loaded again, as soon as nobody is busy there, also if they begin while it is on its way. */
async function live() {
    clearTimeout(later);
    const wait = loaded + 1000 - Date.now(); // a table may change many times a second
    if (wait > 0) { later = setTimeout(live, wait); return; }
    loaded = Date.now();
    const parts = [...document.querySelectorAll("[data-live]")].map((part) => `#${part.id}`).join(",");
    if (busy() || await refresh(parts, { unless: busy, mark: true }) === false) later = setTimeout(live, 500);
}

/** Tables changed: a page that shows one of them looks whether it is concerned. */
async function follow(tables) {
    const shown = [...document.querySelectorAll("[data-live][data-table]")].filter((part) => tables.includes(part.dataset.table));
    if (!shown.length) return;
    const record = shown.find((part) => part.dataset.record);
    if (record) {
        const answer = await fetch(record.dataset.record, { headers: { Accept: "application/json", ...FRESH } }).catch(() => null);
        if (answer?.ok && String((await answer.json()).version) === record.dataset.version) return;
    }
    live();
}

const recent = new Map(); // table -> when it changed: a page that has just been loaded asks

function hear(said) {
    if (said.hello && unread !== null) others.postMessage({ unread, changed: [...recent].filter(([, at]) => at > Date.now() - 3000).map(([table]) => table) });
    for (const table of said.changed ?? []) recent.set(table, Date.now());
    if (said.changed?.length) follow(said.changed);
    if ("unread" in said) show(said.unread);
    if (said.notification) tell(said.notification);
}

function say(said) {
    hear(said);
    others?.postMessage(said);
}

// ---- Listening

let pending = 0;

/** The count itself, not one more: it may have been read elsewhere meanwhile. One question for many notifications. */
function recount() {
    clearTimeout(pending);
    pending = setTimeout(async () => {
        try {
            const answer = await fetch(`${LIST}?limit=1`, { headers: { Accept: "application/json", ...FRESH } });
            if (answer.ok) say({ unread: (await answer.json()).unread_count });
        } catch {
            // the stream says when the server is back
        }
    }, 200);
}

function listen() {
    const source = new EventSource(`${LIST}/stream?${new URLSearchParams({ language, changes: "true" })}`);
    source.addEventListener("ready", (event) => say({ unread: JSON.parse(event.data).unread_count }));
    source.addEventListener("changes", (event) => say({ changed: JSON.parse(event.data).tables }));
    source.addEventListener("notification", (event) => { say({ notification: JSON.parse(event.data) }); recount(); });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 30000); }); // refused: too many streams
}

others?.addEventListener("message", (event) => hear(event.data));
others?.postMessage({ hello: true });
if (others && navigator.locks) navigator.locks.request(`jalon-bell-${bell.dataset.actor}`, () => { listen(); return new Promise(() => {}); });
else listen();

// What is done may answer a notification.
document.addEventListener("jalon:done", recount);

// ---- Reading

function counted() {
    const list = document.getElementById("notifications");
    if (list) say({ unread: Number(list.dataset.unread) });
}
document.addEventListener("jalon:refreshed", counted);
counted();

// Who follows a notification has read it. The page that it leads to counts what is unread as it loads: so it is read before.
document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-reads]");
    if (!link) return;
    const read = fetch(link.dataset.reads, { method: "PATCH", keepalive: true, headers: { "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content } }).catch(() => {});
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) read.then(recount); // it opens elsewhere
    else {
        event.preventDefault();
        Promise.race([read, new Promise((done) => setTimeout(done, 1000))]).then(() => location.assign(link.href));
    }
});
