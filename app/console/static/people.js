// Fields in which somebody is named suggest whom the reader meets elsewhere; any other name may be typed.

import { api, el } from "./console.js";

const list = document.body.appendChild(el("datalist", { id: "people" }));
let asked = null;
let pending = 0;

async function suggest(field) {
    if (field.value === asked) return;
    asked = field.value;
    const { ok, data } = await api("GET", `/api/v1/people?${new URLSearchParams({ q: field.value })}`);
    if (ok && field.value === asked) list.replaceChildren(...data.items.map((each) => el("option", { value: each.id }, each.name ?? "")));
}

for (const kind of ["focusin", "input"]) {
    document.addEventListener(kind, ({ target }) => {
        if (!target.matches?.("input[data-person]")) return;
        target.setAttribute("list", list.id); // here, so that without this script the field is an ordinary one
        clearTimeout(pending);
        pending = setTimeout(() => suggest(target), kind === "focusin" ? 0 : 150);
    });
}
