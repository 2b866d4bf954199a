// The browser knows where its reader is, and which time zones there are.
import "./console.js";

const zones = document.querySelector("#zones");
for (const zone of Intl.supportedValuesOf?.("timeZone") ?? []) zones?.append(Object.assign(document.createElement("option"), { value: zone }));
const own = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-own-zone]"));
if (own) own.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? own.value;
