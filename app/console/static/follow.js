// A drop-down that other fields depend on: <select name="caseType" data-follow="#begin"> puts its choice into the address
// and loads the named elements again; whatever else was typed stays.

import { refresh } from "./console.js";

document.addEventListener("change", async (event) => {
    const field = event.target.closest("[data-follow]");
    if (!field) return;
    const address = new URL(location.href);
    address.searchParams.set(field.name, field.value);
    history.replaceState(null, "", address);
    await refresh(field.dataset.follow);
});
