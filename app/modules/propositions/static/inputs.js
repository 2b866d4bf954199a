// The inputs of an action: each {input.name} that the payload has gets a row in which it is said what it takes.

import { _, el } from "./console.js";

const box = document.querySelector("fieldset.inputs");
const payload = document.getElementById("payload");
const declared = JSON.parse(box.dataset.inputs);
const types = JSON.parse(box.dataset.types);

const names = () => [...new Set([...payload.value.matchAll(/\{input\.([A-Za-z0-9_]+)\}/g)].map((match) => match[1]))];
const field = (id, label, input) => el("div", { class: "field" }, el("label", { for: id }, label), input);

function row(name) {
    const { type = "text", label = "", required = false, choices = [] } = declared[name] ?? {};
    const [at, id] = [`inputs.${name}`, `input-${name}`];
    const kind = el("select", { id: `${id}-type`, name: `${at}.type` }, ...types.map((each) => el("option", { value: each.code, selected: each.code === type }, each.label)));
    const said = el("input", { id: `${id}-choices`, name: `${at}.choices`, "data-type": "list", value: choices.join(", "), required: true });
    const which = field(said.id, _("Choices, with commas between"), said);
    const follow = () => { which.hidden = said.disabled = kind.value !== "choice"; };
    kind.addEventListener("change", follow);
    follow();
    return el("div", { class: "input-row", role: "group", "aria-label": name, "data-name": name },
        el("code", {}, name),
        field(`${id}-label`, _("Label"), el("input", { id: `${id}-label`, name: `${at}.label`, "data-type": "omit-if-empty", value: label, placeholder: name })),
        field(kind.id, _("Takes"), kind),
        which,
        el("label", { class: "tick" }, el("input", { type: "checkbox", name: `${at}.required`, "data-type": "boolean", checked: required }), el("span", {}, _("Needed"))));
}

/** Rows come and go with the payload; what was said of one that stays is kept. */
function show() {
    const wanted = names();
    const rows = new Map([...box.querySelectorAll(".input-row")].map((each) => [each.dataset.name, each]));
    for (const [name, each] of rows) if (!wanted.includes(name)) each.remove();
    for (const name of wanted) box.append(rows.get(name) ?? row(name));
    box.querySelector(".inputs-none").hidden = wanted.length > 0;
}

payload.addEventListener("input", show);
show();
