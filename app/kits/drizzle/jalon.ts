// Names who acts in a transaction, and reads refusals. For node-postgres, alone or under Drizzle.

export type Refusal = { code: string; message: string; hint: string; allowed: string[]; blockers: { code: string }[] };
type Client = { query(text: string, values: unknown[]): Promise<unknown> };

/** What Jalon refused, and what it would have allowed; null if the error is something else. */
export function refusalOf(error: unknown): Refusal | null {
  for (let e = error as any; e; e = e.cause) {
    if (/^JL\d{3}$/.test(e.code ?? "")) {
      const facts = JSON.parse(e.detail || "{}");
      const { allowed = [], blockers = [] } = facts;
      return { code: e.code, message: e.message, hint: e.hint ?? "", allowed: allowed ?? [], blockers: blockers ?? [] };
    }
  }
  return null;
}

/** Runs the work in a transaction in which this actor acts; the name ends with it. */
export async function acting<C extends Client, T>(
  client: C, name: string, work: (client: C) => Promise<T>, roles: string[] = [], reason: string | null = null,
): Promise<T> {
  await client.query("begin", []);
  try {
    await client.query("select jalon.acting($1, $2, $3)", [name, roles, reason]);
    const result = await work(client);
    await client.query("commit", []);
    return result;
  } catch (error) {
    await client.query("rollback", []);
    throw error;
  }
}
