// The kernel: forms that call the API, refresh, refusals, conflicts, dialogs, menus. docs/console.md has its attributes.

import { conflict, isConflict } from "./conflict.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
export const language = document.documentElement.lang;
export const locale = language === "en" ? "en-GB" : language;

/** The text in the reader's language, with its holes filled. */
export const _ = (english, values = {}) => fill((window.jalonTexts ?? {})[english] ?? english, values);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);

/** An element: el("p", {class: "dim"}, "text", child). Text is text, never markup. */
export function el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === true) made.setAttribute(key, "");
        else if (value !== false && value != null) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
}

// ---- Calls

let underway = 0;
function progress(by) {
    underway += by;
    document.getElementById("progress").classList.toggle("on", underway > 0);
}

/** One call of the API: {ok, status, data, etag}. Never throws; no answer at all is a refusal too. */
export async function api(method, url, body, headers = {}) {
    progress(1);
    try {
        const given = { Accept: "application/json", "Accept-Language": language, ...headers };
        if (method !== "GET") Object.assign(given, { "X-CSRF-Token": csrf, "Idempotency-Key": given["Idempotency-Key"] ?? crypto.randomUUID() });
        if (body !== undefined) given["Content-Type"] = "application/json";
        const answer = await fetch(url, { method, headers: given, body: body === undefined ? undefined : JSON.stringify(body) });
        if (answer.status === 401) return signIn();
        const text = await answer.text();
        const isJson = (answer.headers.get("content-type") ?? "").includes("json");
        return { ok: answer.ok, status: answer.status, data: text && isJson ? JSON.parse(text) : text || null, etag: answer.headers.get("etag"), headers: answer.headers };
    } catch {
        return { ok: false, status: 0, data: { detail: _("The server does not answer; try again.") }, etag: null, headers: new Headers() };
    } finally {
        progress(-1);
    }
}

function signIn() {
    location.assign("/console/sign-in?" + new URLSearchParams({ next: location.pathname + location.search }));
    return new Promise(() => {}); // the page is about to go
}

/** A refusal of a move in plain words, where its own name the key of the record or a member of the API: those are for programs. */
function plainly({ code, table, id, detail }) {
    if (!(id && String(detail).replace(`${table} `, "").startsWith(id)) && !/\b[a-z]+[A-Z]/.test(detail)) return null;
    const notHere = _("This status is not available here.");
    return {
        JL101: _("The current status does not allow this change."), JL103: _("The current status is final."),
        JL301: _("Give a reason first."), JL402: notHere, JL403: notHere, JL406: notHere,
    }[code];
}

/** What problem details say to a person: detail, hint, and what was wrong with which field. */
export function wording(data) {
    const plain = data && plainly(data);
    if (plain) return [plain];
    const lines = [data?.detail ?? _("This did not work.")];
    if (data?.hint) lines.push(data.hint);
    for (const error of data?.errors ?? []) lines.push([error.key, error.message].filter(Boolean).join(": "));
    return lines;
}

// ---- Telling

/** A word at the edge of the screen; an alert stays until it is closed. */
export function toast(text, { alert = false, more = [] } = {}) {
    const close = el("button", { type: "button", "aria-label": _("Close") }, "×");
    const said = el("div", { class: "toast" }, el("div", {}, el("p", {}, text), ...more.map((line) => (typeof line === "string" ? el("p", { class: "hint" }, line) : line))), close);
    close.addEventListener("click", () => said.remove());
    document.getElementById(alert ? "alerts" : "toasts").append(said);
    if (!alert) said.timer = setTimeout(() => said.remove(), 6000);
    return said;
}

// ---- Undo

/** Offers for ten seconds to move records back, where a move leads back. Whether one does, a dry run says. */
export async function offerUndo(said, table, ids, refreshed) {
    const url = `/api/v1/tracked/${encodeURIComponent(table)}/undo`;
    const possible = await api("POST", url, { ids }, { Prefer: "tx=rollback" });
    if (!possible.ok || !possible.data.items.length || !said.isConnected) return;
    const back = possible.data.items;
    const button = el("button", { type: "button", class: "undo" }, back.length === 1 ? _("Undo: back to {label}", { label: back[0].label }) : _("Undo {n}", { n: back.length }));
    button.addEventListener("click", async () => {
        button.disabled = true;
        const undone = await api("POST", url, { ids: back.map((each) => each.id) });
        said.remove();
        const count = undone.ok ? undone.data.items.length : 0;
        if (!count) toast(undone.ok ? _("It can't be undone any more.") : wording(undone.data)[0], { alert: true });
        else toast(count === 1 ? _("Undone: back to {label}.", { label: undone.data.items[0].label }) : _("{n} undone.", { n: count }));
        document.dispatchEvent(new CustomEvent("jalon:done"));
        await refresh(refreshed);
    });
    said.firstElementChild.append(button);
    clearTimeout(said.timer);
    said.timer = setTimeout(() => said.remove(), 10000);
}

/** The tracked record that a form is about, as [table, id]; none where it says none. */
export const recordOf = (url) => url?.match(/^\/api\/v1\/tracked\/([^/]+)\/([^/]+)/)?.slice(1).map(decodeURIComponent);

// ---- Refreshing

const replacers = new Map();

/** Headers of a request about a change that was heard of: a replica may not have it yet. */
export const FRESH = { "Jalon-Transaction": "latest" };

/** Elements that a selector finds are brought up to date by a function (old, fresh, what had the focus): false where it could not. */
export const onReplace = (selector, how) => replacers.set(selector, how);

/** Load this page again and put the named elements ("#row-7, #summary") in place of the old ones; false where `unless` says no by then. */
export async function refresh(selectors, { mark = false, focus = focused(), keep = null, unless = null } = {}) {
    const names = (selectors ?? "").split(",").map((name) => name.trim()).filter(Boolean);
    if (!names.length) return;
    progress(1);
    const address = location.href;
    let page;
    try {
        const answer = await fetch(address, { headers: { Accept: "text/html", ...FRESH } });
        if (answer.redirected && new URL(answer.url).pathname === "/console/sign-in") return signIn();
        if (!answer.ok) return location.reload();
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
        return toast(_("The server does not answer; try again."), { alert: true });
    } finally {
        progress(-1);
    }
    if (location.href !== address) return refresh(selectors, { mark, focus, keep, unless }); // another filter was chosen meanwhile
    if (unless?.()) return false;
    for (const name of names) {
        for (const old of document.querySelectorAll(name)) {
            if (keep && old.contains(keep)) continue;
            const fresh = page.querySelector(name);
            const how = [...replacers].find(([selector]) => old.matches(selector))?.[1];
            if (fresh && how && (await how(old, fresh, focus)) !== false) continue;
            if (fresh) replace(old, document.adoptNode(fresh), mark, focus);
            else { old.classList.add("gone"); old.inert = true; }
        }
    }
    document.dispatchEvent(new CustomEvent("jalon:refreshed"));
}

function replace(old, fresh, mark, focus) {
    const held = old.contains(focus) || old.contains(document.activeElement);
    old.replaceWith(fresh);
    dress(fresh);
    if (mark) fresh.classList.add("changed");
    if (!held) return;
    const again = focus?.id && document.getElementById(focus.id);
    const target = again && fresh.contains(again) ? again : fresh.querySelector("a[href], button:not([disabled]), input, select, textarea");
    target?.focus({ preventScroll: true });
}

/** Where the focus goes back to: the element itself, or what opened the menu that it is in. */
function focused() {
    const at = document.activeElement;
    const menu = at?.closest?.("[popover].menu");
    return (menu && opener(menu)) ?? (at === document.body ? null : at);
}

/** What the page leaves to the browser: moments in the reader's own time zone. */
export function dress(root = document) {
    const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    for (const time of root.querySelectorAll("time[data-moment]")) {
        const at = new Date(time.dateTime);
        if (!Number.isNaN(at.valueOf())) time.textContent = format.format(at);
    }
    const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
    for (const time of root.querySelectorAll("time[data-day]")) time.textContent = days.format(new Date(time.dateTime));
    for (const field of root.querySelectorAll("input[type=datetime-local][data-moment]")) {
        const at = new Date(field.dataset.moment);
        if (!Number.isNaN(at.valueOf())) field.defaultValue = new Date(at.valueOf() - at.getTimezoneOffset() * 60000).toISOString().slice(0, at.getSeconds() ? 19 : 16);
    }
}

// ---- Forms that call

const convert = {
    number: (value) => (value === "" ? undefined : Number(value)),
    "number-or-null": (value) => (value === "" ? null : Number(value)),
    moment: (value) => (value === "" ? undefined : new Date(value).toISOString()), // of a datetime-local, in the reader's own zone
    "moment-or-null": (value) => (value === "" ? null : new Date(value).toISOString()),
    boolean: (value) => value === true || value === "true" || value === "on",
    json: (value) => (value.trim() === "" ? undefined : JSON.parse(value)),
    list: (value) => value.split(/[\n,]/).map((part) => part.trim()).filter(Boolean),
    "null-if-empty": (value) => (value === "" ? null : value),
    "omit-if-empty": (value) => (value === "" ? undefined : value),
};

/** The form's fields as JSON: names are the names on the wire, a dot leads into an object, data-type converts. */
export function gather(form, submitter) {
    const body = {};
    for (const field of form.elements) {
        if (!field.name || field.disabled || (field instanceof HTMLButtonElement && field !== submitter)) continue;
        if (field.type === "radio" && !field.checked) continue;
        if (form.hasAttribute("data-changed") && !isChanged(field, submitter)) continue;
        const type = field.dataset.type;
        let value = field.type === "checkbox" ? (type === "boolean" ? field.checked : field.checked ? field.value : undefined) : field.value;
        if (field instanceof HTMLSelectElement && field.multiple) value = [...field.selectedOptions].map((option) => option.value);
        else if (type && typeof value === "string" && field.type !== "checkbox") {
            try { value = convert[type](value); }
            catch { throw new Error(_("{field}: this is not JSON.", { field: field.labels?.[0]?.textContent ?? field.name })); }
        }
        if (field.type === "checkbox" && type === "list") body[field.name] ??= []; // none ticked is said too
        if (value === undefined) continue;
        const isMany = field.type === "checkbox" && type !== "boolean";
        set(body, field.name, value, isMany);
    }
    return body;
}

export function isChanged(field, submitter) {
    if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field === submitter || field.type === "hidden" || field.value !== field.defaultValue;
}

function set(body, name, value, isMany = false) {
    const path = name.split(".");
    const last = path.pop();
    for (const part of path) body = body[part] ??= {};
    if (isMany) (body[last] ??= []).push(value);
    else body[last] = value;
}

const keys = new WeakMap(); // form -> [what was sent, its Idempotency-Key]: the same again is the same

async function submit(form, submitter) {
    if (form.getAttribute("aria-busy") === "true") return;
    const source = submitter ?? form;
    const [method, ...rest] = (submitter?.dataset.call ?? form.dataset.call).split(" ");
    const url = rest.join(" ");
    const chosen = submitter;
    let body;
    try {
        body = gather(form, submitter);
    } catch (error) {
        return refuse(form, { detail: error.message });
    }
    const values = { label: chosen?.dataset.label ?? chosen?.textContent?.trim() };
    const done = async (extra = {}, box = null) => {
        for (const [name, value] of Object.entries(extra)) set(body, name, value);
        return send({ form, source, method, url, body, values, box });
    };
    const asked = chosen?.dataset.ask ?? form.dataset.ask;
    const confirm = chosen?.dataset.confirm ?? form.dataset.confirm;
    if (asked || confirm) {
        const isDone = await ask({ title: chosen?.dataset.askTitle ?? form.dataset.askTitle ?? values.label, action: values.label, text: confirm, fields: asked, labels: chosen?.dataset.askLabels, inputs: chosen?.dataset.askInputs, send: done, from: source });
        if (!isDone) reset(form);
        return;
    }
    await done();
}

async function send({ form, source, method, url, body, values, box }) {
    const mine = source?.dataset ?? {};
    const etag = mine.etag || form.dataset.etag;
    const hasBody = method !== "GET" && method !== "DELETE";
    if (method === "DELETE" && Object.keys(body).length) url += (url.includes("?") ? "&" : "?") + new URLSearchParams(body); // no body of its own
    const said = JSON.stringify([method, url, body, etag]);
    if (keys.get(form)?.[0] !== said) keys.set(form, [said, crypto.randomUUID()]);
    const headers = { "Idempotency-Key": keys.get(form)[1] };
    if (etag) headers["If-Match"] = etag;
    const focus = source instanceof HTMLElement && source !== form ? opener(source.closest("[popover].menu")) ?? source : focused(); // a button loses it while it is disabled
    busy(form, true);
    const answer = await api(method, url, hasBody ? body : undefined, headers);
    busy(form, false);
    const go = mine.go ?? form.dataset.go;
    const refreshed = mine.refresh ?? form.dataset.refresh;
    if (answer.ok) {
        keys.delete(form);
        clear(form);
        form.querySelector("[popover]:popover-open")?.hidePopover();
        const facts = { ...values, ...flat(body), ...flat(answer.data) };
        if (go) { location.assign(fill(go, Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, encodeURIComponent(value)])))); return true; }
        (box ?? form.closest("dialog"))?.close();
        const words = mine.done ?? form.dataset.done;
        const told = words && toast(fill(words, facts));
        const moved = told && method !== "DELETE" && recordOf(mine.record ?? form.dataset.record);
        if (moved) offerUndo(told, moved[0], [moved[1]], refreshed);
        if (form.hasAttribute("data-reset")) form.reset();
        form.dispatchEvent(new CustomEvent("jalon:done", { bubbles: true, detail: answer }));
        await refresh(refreshed, { focus });
        return true;
    }
    if (isConflict(answer)) {
        form.querySelector("[popover]:popover-open")?.hidePopover();
        box?.close();
        await conflict({ answer, form, record: mine.record ?? form.dataset.record, refreshed, focus });
        reset(form);
        return !!box;
    }
    refuse(form, answer.data, box);
    if (!box && focus?.isConnected && document.activeElement === document.body) focus.focus({ preventScroll: true });
    return false;
}

const flat = (data) => (data && typeof data === "object" && !Array.isArray(data) ? data : {});

function busy(form, on) {
    form.toggleAttribute("aria-busy", false);
    if (on) form.setAttribute("aria-busy", "true");
    for (const field of form.querySelectorAll("button")) {
        if (on && !field.disabled) { field.disabled = true; field.dataset.wasOn = ""; }
        else if (!on && "wasOn" in field.dataset) { field.disabled = false; delete field.dataset.wasOn; }
    }
}

/** A switch goes back to what it was; whatever was typed stays. */
function reset(form) {
    for (const box of form.querySelectorAll("input[type=checkbox][data-auto]")) box.checked = box.defaultChecked;
}

function refuse(form, data, box) {
    reset(form);
    const reason = data?.code === "JL301" && [...form.elements].find((field) => field.matches("textarea[name], input[name=reason]"));
    const lines = reason ? [_("Fill this in first: {field}", { field: reason.labels[0].textContent })] : wording(data);
    const output = (box ?? form).querySelector('output[role="alert"]');
    if (output) output.textContent = lines.join(" ");
    else toast(lines[0], { alert: true, more: lines.slice(1) });
    const first = data?.errors?.[0]?.key;
    if (first) form.elements.namedItem(first)?.focus?.();
    else if (reason) reason.focus();
}

function clear(form) {
    for (const output of form.querySelectorAll('output[role="alert"]')) output.textContent = "";
}

// ---- Dialogs

/**
 * One field of the shared dialog: a text, or what its declaration says.
 * @param {string} name @param {boolean} isNeeded @param {Record<string, string>} known
 * @param {{type?: string, label?: string, choices?: string[]}} [declaration]
 */
function askedField(name, isNeeded, known, { type = "text", label, choices = [] } = {}) {
    const short = name.split(".").pop();
    const given = { id: `ask-field-${short}`, name, required: isNeeded };
    const made = {
        text: () => el("textarea", { ...given, rows: 3 }),
        number: () => el("input", { ...given, type: "number", step: "any", "data-type": "number" }),
        date: () => el("input", { ...given, type: "date" }),
        boolean: () => el("input", { ...given, required: false, type: "checkbox", "data-type": "boolean" }),
        choice: () => el("select", given, el("option", { value: "" }, _("Choose …")), ...choices.map((choice) => el("option", { value: choice }, choice))),
    }[type]();
    return el("div", { class: type === "boolean" ? "field check" : "field" }, el("label", { for: given.id }, label ?? known[name] ?? known[short] ?? short.replaceAll("_", " ")), made);
}

/** The shared dialog: asks for fields ("reason, meta.note, comment?") or a yes; resolves to whether the call was done. */
export function ask({ title, text, fields = "", labels, inputs, action, send: call, from }) {
    const dialog = document.getElementById("ask");
    const form = dialog.querySelector("form");
    const known = { reason: _("Reason"), note: _("Note"), notes: _("Notes"), comment: _("Comment"), ...(labels ? JSON.parse(labels) : {}) };
    const declared = inputs ? JSON.parse(inputs) : {};
    const names = (fields ?? "").split(",").map((name) => name.trim()).filter(Boolean);
    dialog.querySelector("#ask-title").textContent = title || _("Are you sure?");
    dialog.querySelector("#ask-text").textContent = text ?? (action && action !== title ? action : "");
    dialog.querySelector("#ask-alert").textContent = "";
    dialog.querySelector("#ask-submit").textContent = names.length && action ? action : _("Confirm");
    dialog.querySelector("#ask-fields").replaceChildren(...names.map((given) => {
        const name = given.replace(/\?$/, "");
        return askedField(name, name === given, known, declared[name]);
    }));
    return new Promise((resolve) => {
        let isDone = false;
        form.onsubmit = async (event) => {
            event.preventDefault();
            const asked = [...dialog.querySelectorAll("#ask-fields :is(input, select, textarea)")];
            const missing = asked.find((field) => (field.required && !field.value.trim()) || field.validity.badInput);
            if (missing) {
                dialog.querySelector("#ask-alert").textContent = missing.validity.badInput ? missing.validationMessage : _("Fill this in first: {field}", { field: missing.labels[0].textContent });
                return missing.focus();
            }
            dialog.querySelector("#ask-submit").disabled = true;
            isDone = await call(Object.fromEntries(asked.filter((field) => field.type === "checkbox" || field.value.trim()).map((field) => [field.name, valueOf(field)])), dialog);
            dialog.querySelector("#ask-submit").disabled = false;
            if (isDone && dialog.open) dialog.close();
        };
        dialog.onclose = () => { resolve(isDone); if (!isDone && from?.isConnected) from.focus?.(); };
        dialog.showModal();
        (dialog.querySelector("#ask-fields :is(input, select, textarea)") ?? dialog.querySelector("#ask-submit")).focus();
    });
}

const valueOf = (field) => (field.type === "checkbox" ? field.checked : (convert[field.dataset.type] ?? ((value) => value))(field.value.trim()));

// ---- Menus

function place(menu, button) {
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const below = at.bottom + height + 8 <= innerHeight || at.top < height;
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, below ? Math.min(at.bottom + 4, innerHeight - height - 8) : at.top - height - 4)}px`;
}

const opener = (menu) => menu && document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[popover].menu")) return;
    const button = opener(menu);
    button?.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "open" || !button) return;
    place(menu, button);
    menu.querySelector("button, a[href]")?.focus();
}, true);

document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[popover].menu");
    if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    const items = [...menu.querySelectorAll("button, a[href]")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    items[(to + items.length) % items.length]?.focus();
    event.preventDefault();
});

// ---- Listening

document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.call !== undefined || event.submitter?.dataset.call) {
        event.preventDefault();
        submit(form, event.submitter);
    } else if (form.method === "get" && !form.hasAttribute("data-keep-empty")) {
        for (const field of form.elements) if (field.name && field.value === "" && !field.disabled) { field.disabled = true; field.dataset.empty = ""; } // a short address
    }
});

document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("input[data-auto]") && field.form?.dataset.call !== undefined) submit(field.form); // no select: in a closed one arrow keys choose
});

document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.getAttribute("aria-disabled") === "true") { event.preventDefault(); toast(button.title || button.textContent.trim()); }
    if (button.dataset.open) document.getElementById(button.dataset.open)?.showModal();
    if (button.hasAttribute("data-close")) button.closest("dialog")?.close();
    if (button.hasAttribute("data-print")) print();
    if (button.dataset.toggle) {
        const target = document.getElementById(button.dataset.toggle);
        button.setAttribute("aria-expanded", String(target.classList.toggle("open")));
    }
});

addEventListener("pageshow", () => { for (const field of document.querySelectorAll("[data-empty]")) { field.disabled = false; delete field.dataset.empty; } });
dress();
