// Fields that suggest values as one types: whom the reader meets elsewhere, organisations of what they see. Any other value
// may be typed.

import { api, el } from "./console.js";

const list = document.body.appendChild(el("datalist", { id: "people" }));
let asked = null;
let pending = 0;

async function suggest(field) {
    const question = `${field.dataset.suggest}?${new URLSearchParams({ q: field.value })}`;
    if (question === asked) return;
    asked = question;
    const { ok, data } = await api("GET", question);
    if (ok && question === asked) list.replaceChildren(...data.items.map((each) => el("option", { value: each.id }, each.name ?? "")));
}

for (const kind of ["focusin", "input"]) {
    document.addEventListener(kind, ({ target }) => {
        if (!target.matches?.("input[data-suggest]")) return;
        target.setAttribute("list", list.id); // here, so that without this script the field is an ordinary one
        clearTimeout(pending);
        pending = setTimeout(() => suggest(target), kind === "focusin" ? 0 : 150);
    });
}
