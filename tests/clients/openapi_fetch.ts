// One story of every module, with openapi-fetch and the types of openapi-typescript.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript.js";

const baseUrl = process.env.JALON_URL ?? "";
const as = (person: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${process.env[`TOKEN_${person}`]}` } });
const anna = as("anna"), oscar = as("oscar");

function done<T>(answer: { data?: T; error?: components["schemas"]["ProblemDetails"] }): T {
  assert.ok(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

async function engine() {
  const path = { table: "orders", id: "7" };
  const order = done(await anna.GET("/api/v1/tracked/{table}/{id}", { params: { path } }));
  const refused = await anna.POST("/api/v1/tracked/{table}/{id}/moves", { params: { path }, body: { to: "SHIPPED" } });
  const code: components["schemas"]["ErrorCode"] | null | undefined = refused.error?.code;
  assert.equal(code, "JL101");
  assert.deepEqual(refused.error?.allowed, ["PAID", "CANCELLED"]);
  const moved = await anna.POST("/api/v1/tracked/{table}/{id}/moves", {
    params: { path, header: { "If-Match": order.etag ?? "", "Idempotency-Key": "openapi-fetch" } },
    body: { to: "PAID", reason: "Paid by transfer" },
  });
  assert.equal(done(moved).to, "PAID");
  assert.equal(moved.response.headers.get("ETag"), done(moved).etag);
}

async function dossiers() {
  const dossier = done(await anna.POST("/api/v1/dossiers", { body: { caseType: "CRM_LEAD_BUY", leadName: "John Doe" } }));
  const path = { id: dossier.id };
  const moves = done(await anna.GET("/api/v1/dossiers/{id}/moves", { params: { path } }));
  const next = moves.items.find((move) => move.allowed);
  assert.ok(next);
  const moved = done(await anna.PATCH("/api/v1/dossiers/{id}/status", { params: { path }, body: { statusCode: next.statusCode } }));
  const history = done(await anna.GET("/api/v1/dossiers/{id}/history", { params: { path, query: { limit: 10 } } }));
  assert.deepEqual([moved.statusCode, history.items.length], [next.statusCode, 2]);
}

async function roadshow() {
  const made = done(await anna.POST("/api/v1/roadshow/counterparties", { body: { name: "Ardian", currency: "EUR" } }));
  const answer = await anna.POST("/roadshow/{counterpartyId}/status", {
    params: { path: { counterpartyId: String(made.id) } }, body: { newStatus: "Live" },
  });
  assert.ok(done(answer).success);
  const path = { id: String(made.id) };
  done(await anna.POST("/api/v1/roadshow/counterparties/{id}/interactions", { params: { path }, body: { type: "call" } }));
  const events = done(await anna.GET("/api/v1/roadshow/counterparties/{id}/interactions", { params: { path } }));
  assert.ok(events.items.some((event) => event.change?.to?.code === "Live"));
}

async function events() {
  const made = done(await oscar.POST("/api/organizer/events", {
    body: { title: "Fête de la musique", starts_at: "2030-06-21T18:00:00Z", place: "Lyon", price: 12.5 },
  }));
  const params = { path: { id: made.id } };
  done(await oscar.PATCH("/api/organizer/events/{id}/submit", { params }));
  const decision = { status: "active", moderation_status: "approved", admin_notes: "Welcome" };
  const decided = done(await anna.PATCH("/api/admin/events/{id}/status", { params, body: decision }));
  assert.equal(decided.moderation_status, "approved");
  done(await oscar.PATCH("/api/organizer/events/{id}/publish", { params, body: { is_published: true } }));
  const shown = done(await createClient<paths>({ baseUrl }).GET("/api/events/{id}", { params }));
  assert.equal(shown.title, "Fête de la musique");
}

async function members() {
  const user = done(await anna.POST("/api/v1/users", { body: { email: "ts@example.com", name: "Tess" } }));
  const params = { path: { id: user.id } };
  const changed = done(await anna.PUT("/api/v1/users/{id}/role", { params, body: { role: "PREMIUM", reason: "Paid" } }));
  const history = done(await anna.GET("/api/v1/users/{id}/role-history", { params }));
  assert.deepEqual([changed.role, history.items[0]?.reason], ["PREMIUM", "Paid"]);
}

async function propositions() {
  const made = done(await oscar.POST("/api/propositions", { body: { title: "A bench by the river", body: "Facing the mill." } }));
  const path = { id: made.id };
  const role = done(await anna.POST("/api/propositions/{id}/roles", {
    params: { path }, body: { name: "Treasurer", permissions: ["trigger_custom_action"] },
  }));
  const held = { params: { path: { id: made.id, role: role.code } }, body: { userId: "carla" } };
  assert.equal(done(await anna.POST("/api/propositions/{id}/roles/{role}/users", held)).userId, "carla");
  const moved = done(await oscar.POST("/api/propositions/{id}/moves", { params: { path }, body: { to: "submitted" } }));
  assert.deepEqual([moved.from, moved.to], ["draft", "submitted"]);
}

async function webhooks() {
  const body = { url: "https://127.0.0.1:9/hook", eventTypes: ["*"] };
  const made = done(await anna.POST("/api/v1/webhooks", { body }));
  const all = done(await anna.GET("/api/v1/webhooks"));
  assert.ok(made.secret?.startsWith("whsec_") && all.items.some((each) => each.id === made.id));
  const gone = await anna.DELETE("/api/v1/webhooks/{id}", { params: { path: { id: made.id } } });
  assert.equal(gone.response.status, 204);
}

for (const story of [engine, dossiers, roadshow, events, members, propositions, webhooks]) {
  await story();
  console.log(story.name);
}
