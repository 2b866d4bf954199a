// The bell: how many notifications are unread, kept by the server's events. One tab of a browser listens for all of them
// (a browser holds few connections to one server, and a stream is one); the others hear it from that tab.

import { _, el, language, refresh, toast } from "./console.js";

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

/** Somebody has a dialog or a menu open, or a button under the finger: what he is at is not taken from him. */
function busy() {
    return pressed || document.querySelector("dialog[open], [popover]:popover-open") !== null;
}

let later;

/** Whatever on this page is live is loaded again, as soon as nobody is busy there, also if he begins while it is on its way. */
async function live() {
    clearTimeout(later);
    const parts = [...document.querySelectorAll("[data-live]")].map((part) => `#${part.id}`).join(",");
    if (busy() || await refresh(parts, { unless: busy }) === false) later = setTimeout(live, 500);
}

function hear(said) {
    if (said.hello && unread !== null) others.postMessage({ unread });
    if ("unread" in said) show(said.unread);
    if (said.told) tell(said.told);
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
            const answer = await fetch(`${LIST}?limit=1`, { headers: { Accept: "application/json" } });
            if (answer.ok) say({ unread: (await answer.json()).unread_count });
        } catch {
            // the stream says when the server is back
        }
    }, 200);
}

function listen() {
    const source = new EventSource(`${LIST}/stream?${new URLSearchParams({ language })}`);
    source.addEventListener("ready", (event) => say({ unread: JSON.parse(event.data).unread_count }));
    source.addEventListener("notification", (event) => { say({ told: JSON.parse(event.data) }); recount(); });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 30000); }); // refused: too many streams
}

others?.addEventListener("message", (event) => hear(event.data));
others?.postMessage({ hello: true });
if (others && navigator.locks) navigator.locks.request(`jalon-bell-${bell.dataset.actor}`, () => { listen(); return new Promise(() => {}); });
else listen();

// ---- Reading

function counted() {
    const list = document.getElementById("notifications");
    if (list) say({ unread: Number(list.dataset.unread) });
}
document.addEventListener("jalon:refreshed", counted);
counted();

// Who follows a notification has read it.
document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-reads]");
    if (link) fetch(link.dataset.reads, { method: "PATCH", keepalive: true, headers: { "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content } }).then(recount, () => {});
});
