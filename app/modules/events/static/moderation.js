// After a decision the row leaves the queue, and the next one has the focus.

let next = null;

document.addEventListener("jalon:done", (event) => {
    const row = event.target.closest("#queue tr");
    next = row && { id: (row.nextElementSibling ?? row.previousElementSibling)?.id };
});

document.addEventListener("jalon:refreshed", () => {
    if (!next) return;
    const row = next.id && document.getElementById(next.id);
    (row?.querySelector("a[href]") ?? document.getElementById("queue"))?.focus();
    next = null;
});
