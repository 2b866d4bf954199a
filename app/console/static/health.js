// Verification: table after table, so that its progress shows and no single call takes longer than it must.

import { _, api, el, wording } from "./console.js";

const button = document.getElementById("verify");
const section = document.getElementById("verification");
const said = document.getElementById("verify-said");
const bar = document.getElementById("verify-bar");
const found = document.getElementById("verify-found");
const body = found.querySelector("tbody");

function row(table, detail, hint) {
    const [first, second, third] = JSON.parse(body.dataset.labels);
    body.append(el("tr", {}, el("th", { scope: "row", "data-label": first }, table ?? "–"), el("td", { "data-label": second }, detail ?? ""), el("td", { "data-label": third }, hint ?? "")));
    found.hidden = false;
}

async function verify() {
    const tables = JSON.parse(section.dataset.tables);
    const seen = new Set();
    let unknown = 0;
    body.replaceChildren();
    found.hidden = true;
    button.disabled = true;
    section.setAttribute("aria-busy", "true");
    document.getElementById("verify-progress").hidden = false;
    bar.max = Math.max(tables.length, 1);
    for (const [done, table] of tables.entries()) {
        bar.value = done;
        document.getElementById("verify-at").textContent = _("{done} of {all}: {table} …", { done: done + 1, all: tables.length, table });
        const { ok, data } = await api("GET", `/api/v1/verify?table=${encodeURIComponent(table)}`);
        if (!ok) {
            unknown += 1;
            row(table, wording(data).join(" "), _("It may take longer than a request may: select * from jalon.verify('{table}') in psql.", { table }));
            continue;
        }
        for (const each of data.items) {
            const key = JSON.stringify(each);
            if (!seen.has(key)) row(each.table, each.detail, each.hint); // what concerns no table is said with each
            seen.add(key);
        }
    }
    document.getElementById("verify-progress").hidden = true;
    section.removeAttribute("aria-busy");
    button.disabled = false;
    button.focus();
    if (unknown) said.textContent = _("{n} tables could not be verified.", { n: unknown });
    else if (seen.size) said.textContent = _("Problems found: {n}.", { n: seen.size });
    else said.textContent = _("Everything agrees: {n} tables verified.", { n: tables.length });
}

button.addEventListener("click", verify);
