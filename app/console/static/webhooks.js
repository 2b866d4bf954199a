// Endpoints: the secret that is shown once, and what came of a test.

import { _, api, fill, language, refresh } from "./console.js";

const dialog = document.getElementById("secret");
const value = document.getElementById("secret-value");
const said = document.getElementById("secret-said");

function show({ secret, publicKey, previousUntil, id }, after) {
    const label = dialog.querySelector("label");
    label.textContent = publicKey ? label.dataset.public : label.dataset.secret;
    value.value = publicKey || secret;
    said.textContent = "";
    const until = document.getElementById("secret-until");
    until.hidden = !previousUntil;
    if (previousUntil) until.textContent = fill(until.dataset.words, { until: new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(previousUntil)) });
    dialog.onclose = () => {
        value.value = ""; // the page keeps no secret
        if (after) location.assign(fill(after, { id }));
    };
    dialog.showModal();
    value.select();
}

document.getElementById("secret-copy").addEventListener("click", async () => {
    try {
        await navigator.clipboard.writeText(value.value);
        said.textContent = _("Copied.");
    } catch {
        value.select(); // an address without https: the browser copies only by hand
        said.textContent = _("The browser does not let us copy; press Ctrl+C.");
    }
});

/** A test is on its way as soon as it is posted: ask what came of it until it was tried, for as long as an answer may take. */
async function watch(url) {
    const result = document.getElementById("test-result");
    const isHeld = ["paused", "disabled"].includes(document.getElementById("endpoint").dataset.state);
    if (isHeld) {
        result.textContent = _("The test waits: this endpoint is not active. It goes as soon as it is resumed.");
    } else {
        result.textContent = _("The test is on its way …");
        for (let tried = 0; tried < 40; tried += 1) {
            const { ok, data } = await api("GET", url);
            const last = ok && data.lastAttempt;
            if (last) {
                const answer = [last.httpStatus && `HTTP ${last.httpStatus}`, last.error].filter(Boolean).join(": ");
                const words = data.state === "delivered" ? _("The test was delivered: {answer} in {ms} ms.", { answer, ms: last.milliseconds }) : _("The test failed: {answer} in {ms} ms.", { answer, ms: last.milliseconds });
                await refresh("#endpoint, #deliveries");
                document.getElementById("test-result").textContent = words;
                return;
            }
            await new Promise((resolve) => { setTimeout(resolve, Math.min(2000, 100 + tried * 50)); });
        }
        result.textContent = _("The test was not tried yet: is a relay running?");
    }
    const words = result.textContent;
    await refresh("#endpoint, #deliveries");
    document.getElementById("test-result").textContent = words;
}

document.addEventListener("jalon:done", ({ target, detail }) => {
    if ("secret" in target.dataset) show(detail.data, target.dataset.after);
    if (target.dataset.test) watch(target.dataset.test + detail.data.id);
});
