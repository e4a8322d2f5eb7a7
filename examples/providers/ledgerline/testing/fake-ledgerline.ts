import { type LoopbackAnswer, type LoopbackServer, startLoopbackServer } from "@auth/testing/loopback";

/** Starts one account of Ledgerline on loopback, with a user and an application password. */
export function startFakeLedgerline(user: string, password: string): Promise<LoopbackServer> {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return startLoopbackServer(({ path, headers }): LoopbackAnswer => {
    if (headers.authorization !== expected)
      return { status: 401, body: "Ledgerline does not know this user or password." };
    if (path === "/api/v2/users/current") return { body: { user: { id: 7, email: user, name: "Ada" } } };
    if (path === "/api/v2/invoices") return { body: { invoices: [{ number: "2026-001" }] } };
    return { status: 404, body: "Not found." };
  });
}
