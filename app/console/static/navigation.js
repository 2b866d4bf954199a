// The navigation: fetched where the page has none or an old one, and after whatever was done.

const nav = document.getElementById("areas");
let pending = 0;

async function fetchAreas() {
    try {
        const answer = await fetch(`/console/navigation?${new URLSearchParams({ here: location.pathname })}`, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) nav.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    } catch {
        // it stays as it was
    }
}

/** Once for whatever happens within half a second, and never while somebody is in it. */
function later() {
    clearTimeout(pending);
    pending = setTimeout(() => (nav.contains(document.activeElement) ? later() : fetchAreas()), 500);
}

if (nav.hasAttribute("data-old")) fetchAreas();
document.addEventListener("jalon:done", later);
document.addEventListener("jalon:refreshed", later);
