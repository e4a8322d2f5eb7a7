import type { Ground } from "./ground.ts";
import { shownBy } from "./shown-by.ts";
import { canary, failureOf, same } from "./suite.ts";

export async function checkVerify({ check, own, foreign, core, pylon, acme }: Ground): Promise<void> {
  await check("verify says whom the token speaks for, or what is wrong", async () => {
    const { identity, token } = await pylon({ baseUrl: own, token: canary }).verify();
    same([identity.id, identity.label, token.source], ["organization-1", "Acme Support", "option token"]);
    const error = await failureOf(pylon({ baseUrl: own, token: `${canary}-refused` }).verify());
    same(core.isAuthError(error, "AUTH_TOKEN_REJECTED"), true);
    same(
      shownBy(error).filter((text) => text.includes(canary)),
      [],
    );
  });

  await check("an error has a code and a remedy", async () => {
    const error = await failureOf(acme({ env: {} }).fetch("/echo"));
    same(core.isAuthError(error, "AUTH_TOKEN_NOT_FOUND"), true);
    same(core.isAuthError(error) && error.remedy.includes("ACME_TOKEN"), true);
    same(core.isAuthError(new Error("another")), false);
  });

  await check("a service that is not there is AUTH_UNREACHABLE", async () => {
    const error = await failureOf(acme({ baseUrl: "http://127.0.0.1:9", timeoutMs: 500 }).verify());
    same(core.isAuthError(error, "AUTH_UNREACHABLE"), true);
  });

  await check("explain tells the whole decision", async () => {
    const explanation = await acme().explain({ verify: true });
    same([explanation.outcome, explanation.identity?.id], ["verified", "user-1"]);
    same(
      explanation.attempts.map(({ source, outcome }) => [source, outcome]),
      [["env ACME_TOKEN", "used"]],
    );
    same((await acme({ env: {} }).explain()).error?.code, "AUTH_TOKEN_NOT_FOUND");
    same(core.formatExplanation(explanation).includes("accepted"), true);
  });

  await check("events tell what happened", async () => {
    const events: unknown[] = [];
    const published: unknown[] = [];
    const diagnostics = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
    diagnostics?.subscribe("auth-providers:token.loaded", (message) => published.push(message));
    const auth = acme({ onEvent: (event) => void events.push(event) });
    await auth.fetch("/echo");
    await auth.fetch(`${foreign}/echo`);
    await auth.verify();
    const types = events.map((event) => (event as { type: string }).type);
    same(types, ["source.tried", "token.loaded", "header.attached", "header.withheld", "verify.done"]);
    same(published.length, diagnostics === undefined ? 0 : 1);
    same(JSON.stringify([events, published]).includes(canary), false);
  });
}
