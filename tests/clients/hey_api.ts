// One story of every module, with the functions that hey-api makes.
import assert from "node:assert/strict";
import { createClient, createConfig } from "./generated/hey-api/client/index.js";
import * as jalon from "./generated/hey-api/sdk.gen.js";
import type { ErrorCode } from "./generated/hey-api/types.gen.js";

const baseUrl = process.env.JALON_URL ?? "";
const as = (person: string) =>
  ({ client: createClient(createConfig({ baseUrl, auth: () => process.env[`TOKEN_${person}`] })) });
const anna = as("anna"), oscar = as("oscar"), nobody = { client: createClient(createConfig({ baseUrl })) };

function done<T>(answer: { data?: T; error?: unknown }): T {
  assert.ok(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

async function engine() {
  const path = { table: "orders", id: "8" };
  const order = done(await jalon.getRecord({ ...anna, path }));
  const refused = await jalon.moveRecord({ ...anna, path, body: { to: "SHIPPED" } });
  const code: ErrorCode | null | undefined = refused.error?.code;
  assert.equal(code, "JL101");
  assert.deepEqual(refused.error?.allowed, ["PAID", "CANCELLED"]);
  const headers = { "If-Match": order.etag ?? "", "Idempotency-Key": "hey-api" };
  const moved = done(await jalon.moveRecord({ ...anna, path, headers, body: { to: "PAID" } }));
  assert.equal(moved.to, "PAID");
}

async function dossiers() {
  const dossier = done(await jalon.openDossier({ ...anna, body: { caseType: "CRM_LEAD_BUY", leadName: "John Doe" } }));
  const path = { id: dossier.id };
  const next = done(await jalon.getDossierMoves({ ...anna, path })).items.find((move) => move.allowed);
  assert.ok(next);
  const moved = done(await jalon.moveDossier({ ...anna, path, body: { statusCode: next.statusCode } }));
  const history = done(await jalon.getDossierHistory({ ...anna, path, query: { limit: 10 } }));
  assert.deepEqual([moved.statusCode, history.items.length], [next.statusCode, 2]);
}

async function roadshow() {
  const made = done(await jalon.createCounterparty({ ...anna, body: { name: "Ardian", currency: "EUR" } }));
  const path = { id: String(made.id) };
  const answer = await jalon.changeCounterpartyStatus({
    ...anna, path: { counterpartyId: path.id }, body: { newStatus: "Live" },
  });
  assert.ok(done(answer).success);
  done(await jalon.recordInteraction({ ...anna, path, body: { type: "call" } }));
  const events = done(await jalon.getInteractions({ ...anna, path }));
  assert.ok(events.items.some((event) => event.change?.to?.code === "Live"));
}

async function events() {
  const body = { title: "Fête de la musique", starts_at: "2030-06-21T18:00:00Z", place: "Lyon", price: 12.5 };
  const path = { id: done(await jalon.createEvent({ ...oscar, body })).id };
  done(await jalon.submitEvent({ ...oscar, path }));
  const decision = { status: "active", moderation_status: "approved", admin_notes: "Welcome" };
  assert.equal(done(await jalon.moderateEvent({ ...anna, path, body: decision })).moderation_status, "approved");
  done(await jalon.publishEvent({ ...oscar, path, body: { is_published: true } }));
  assert.equal(done(await jalon.getPublicEvent({ ...nobody, path })).title, "Fête de la musique");
}

async function members() {
  const path = { id: done(await jalon.createUser({ ...anna, body: { email: "hey@example.com", name: "Hey" } })).id };
  const changed = done(await jalon.changeUserRole({ ...anna, path, body: { role: "PREMIUM", reason: "Paid" } }));
  const history = done(await jalon.getUserRoleHistory({ ...anna, path }));
  assert.deepEqual([changed.role, history.items[0]?.reason], ["PREMIUM", "Paid"]);
}

async function propositions() {
  const bench = { title: "A bench by the river", body: "Facing the mill." };
  const path = { id: done(await jalon.createProposition({ ...oscar, body: bench })).id };
  const named = { name: "Treasurer", permissions: ["trigger_custom_action"] };
  const role = done(await jalon.makePropositionRole({ ...anna, path, body: named })).code;
  const held = done(await jalon.assignPropositionRole({ ...anna, path: { ...path, role }, body: { userId: "carla" } }));
  const moved = done(await jalon.moveProposition({ ...oscar, path, body: { to: "submitted" } }));
  assert.deepEqual([held.userId, moved.from, moved.to], ["carla", "draft", "submitted"]);
}

async function webhooks() {
  const body = { url: "https://127.0.0.1:9/hook", eventTypes: ["*"] };
  const made = done(await jalon.createWebhook({ ...anna, body }));
  const all = done(await jalon.getWebhooks(anna));
  assert.ok(made.secret?.startsWith("whsec_") && all.items.some((each) => each.id === made.id));
  assert.equal((await jalon.dropWebhook({ ...anna, path: { id: made.id } })).response?.status, 204);
}

for (const story of [engine, dossiers, roadshow, events, members, propositions, webhooks]) {
  await story();
  console.log(story.name);
}
