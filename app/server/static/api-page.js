// The page of the API's document. Who is signed in to the console is signed in here too, however they signed in:
// requests carry the session, and those that write its CSRF token. "Authorize" takes a token or an API key instead.

const READS = ["GET", "HEAD", "OPTIONS"];
const SIGN_IN = "/console/sign-in?next=" + encodeURIComponent(location.pathname);

/** @type {{name?: string, csrf?: string}} */
const session = await fetch("/console/session").then((answer) => (answer.ok ? answer.json() : {}));

function sayWhoAsks() {
  const caller = /** @type {HTMLElement} */ (document.getElementById("caller"));
  if (session.name) {
    caller.textContent = `You are signed in as ${session.name}; requests are sent in this name.`;
    return;
  }
  const link = document.createElement("a");
  link.href = SIGN_IN;
  link.textContent = "Sign in";
  caller.append(link, ", or press Authorize and give a token or an API key.");
}

/** @param {{method: string, headers: Record<string, string>}} request */
function addSession(request) {
  const isAuthorized = Object.keys(request.headers).some((name) => name.toLowerCase() === "authorization");
  if (session.csrf && !isAuthorized && !READS.includes((request.method ?? "GET").toUpperCase()))
    request.headers["X-CSRF-Token"] = session.csrf;
  return request;
}

sayWhoAsks();
// @ts-ignore: the bundle comes without types
SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#operations",
  deepLinking: true,
  docExpansion: "none", // all operations at once take a browser seconds
  showExtensions: true,
  showCommonExtensions: true,
  requestInterceptor: addSession,
});

export {};
