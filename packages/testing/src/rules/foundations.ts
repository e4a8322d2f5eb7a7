import { isDeepStrictEqual } from "node:util";

import type { Auth, Identity } from "@auth/core";

import { verifyFailures } from "../failure-of.ts";
import { isAuthError } from "../is-auth-error.ts";
import { expect, type Rule, Violation } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** Where core notes the members that it gave an auth. */
const membersOf = Symbol.for("auth-providers.members.1");

/** What the other rules take for granted. One wrong fact or line here would break them by the dozen. */
export const foundationRules: readonly Rule[] = [
  {
    id: "setup-runs",
    isFoundation: true,
    title: "can be used with the options that the facts give",
    remedy: "Give what the factory cannot do without in the fact options, or mend setup.",
    async check(context) {
      const auth = context.auth("http://127.0.0.1:9");
      try {
        await auth.token();
      } catch (error) {
        expect(
          !(isAuthError(error) && error.code === "AUTH_PROVIDER_INVALID"),
          `With the option token, the first use throws: ${String(error)}`,
        );
      }
    },
  },
  {
    id: "made-by-core",
    isFoundation: true,
    title: "makes its auths with defineProvider, and replaces none of their members",
    remedy:
      "Return what the factory of defineProvider returns, as it is: all that core promises of an auth is core's to keep.",
    async check({ provider, auth }) {
      const made = auth("http://127.0.0.1:9") as Auth & { readonly [membersOf]?: Partial<Auth> };
      const members = Object.hasOwn(made, membersOf) ? made[membersOf] : undefined;
      expect(members !== undefined, "An auth is not the object that core made.");
      for (const [name, member] of Object.entries(members))
        expect(made[name as keyof Auth] === member, `An auth has a ${name} that core did not make.`);
      const { id, name } = made.provider;
      expect(
        id === provider.id && name === provider.name,
        `The factory says ${provider.id} (${provider.name}), and its auths ${id} (${name}).`,
      );
    },
  },
  {
    id: "header-form",
    isFoundation: true,
    isPerKind: true,
    title: "sends the token in the header that the service documents",
    remedy:
      "Give setup the service's inject: bearer(), basic(user) or header(name, format), or correct the fact header.",
    async check(context) {
      const { name, value } = context.header();
      const server = await context.serve();
      const auth = context.auth(server.url);
      await auth.fetch(`${server.url}/things?limit=1`);
      expect(
        server.requests[0]?.headers[name] === value,
        `A request to its own origin did not carry ${name} in the form that the facts give.`,
      );
      const headers = await auth.headers(`${server.url}/things`);
      for (const fixed of Object.keys(context.facts.headers ?? {})) delete headers[fixed.toLowerCase()];
      expect(
        Object.keys(headers).join() === name && headers[name] === value,
        `headers() gave ${Object.keys(headers).join(", ") || "nothing"} for its own origin, and not just ${name} in the form that the facts give.`,
      );
    },
  },
  {
    id: "verify-request",
    isFoundation: true,
    isPerKind: true,
    title: "verifies by one request to its own origin, with the token",
    remedy: "Give verify.path as a path, which is joined to baseUrl.",
    async check(context) {
      const { name, value } = context.header();
      const { verifyPath, verifyHeaders = {} } = context.facts;
      const server = await context.serve();
      // What it makes of the answer is for accepted-answer.
      await context
        .auth(server.url)
        .verify()
        .catch(() => undefined);
      const [request] = server.requests;
      expect(
        server.requests.length === 1,
        `verify() sent ${server.requests.length} requests to its own origin.`,
      );
      expect(request?.headers[name] === value, `verify() sent its request without ${name}.`);
      expect(
        verifyPath === undefined || request.url === verifyPath,
        `verify() asked ${request.url}, and not ${verifyPath}.`,
      );
      for (const [header, expected] of Object.entries(verifyHeaders))
        expect(
          request.headers[header.toLowerCase()] === expected,
          `verify() sent its request without ${header}: ${expected}.`,
        );
    },
  },
  {
    id: "accepted-answer",
    isFoundation: true,
    isPerKind: true,
    title: "reads from the accepted answer whose token it is",
    remedy: "Mend identify, which reads the answer, or the facts, which say what it should give.",
    async check(context) {
      const { identity: expected } = context.facts;
      for (const member of ["kind", "id"] as const)
        expectText(expected[member], "The identity of the facts", member);
      const server = await context.serve();
      const { identity, token } = await verified(context, server.url);
      for (const member of ["kind", "id"] as const) expectText(identity[member], "The identity", member);
      const { label } = identity;
      if ("label" in identity) expectText(label, "The identity", "label");
      expect(
        isDeepStrictEqual({ ...identity }, { ...expected }),
        `The identity is ${JSON.stringify(identity)}, and not ${JSON.stringify(expected)}.`,
      );
      expect(token.source === "option token", `verify() says that the token is from "${token.source}".`);
    },
  },
  {
    id: "rejected-answer",
    isFoundation: true,
    isPerKind: true,
    title: "says that the service refused the token, and which",
    remedy:
      "Mend classify, which says what an answer means, or the facts, which say how the service refuses a token.",
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      const { code, status, message } = await verifyAgainst(
        context.rejected,
        "The service refused the token",
      );
      expect(code === "AUTH_TOKEN_REJECTED", `The service refused the token: that gave ${code}.`);
      expect(status === context.rejected.status, `The error has the status ${status}.`);
      expect(message.includes("option token"), "The error does not say where the token came from.");
    },
  },
];

function expectText(value: unknown, whose: string, member: string): void {
  expect(
    typeof value === "string",
    `${whose} has the ${member} ${JSON.stringify(value)}, which is ${typeof value === "number" ? "a number: write String(…)" : "no text"}.`,
  );
  expect(value.trim() !== "", `${whose} has a ${member} with nothing in it.`);
}

async function verified(context: RuleContext, url: string): ReturnType<Auth["verify"]> {
  const { identity } = context.facts;
  const number = numberIn(context.accepted.body, identity);
  const why =
    number === undefined
      ? "It returned undefined, threw, or gave a kind or an id that is no text"
      : `The id is the number ${number} there, and an identity's id is a text: write String(…)`;
  return context
    .auth(url)
    .verify()
    .catch((error: unknown) => {
      const isUnread = isAuthError(error) && error.code === "AUTH_RESPONSE_MALFORMED";
      expect(isUnread, `The service accepted the token, and verify() said: ${String(error)}`);
      throw new Violation(`identify found nobody in the accepted answer. ${why}.`);
    });
}

/** The number in an answer that the facts have as the identity's id. */
function numberIn(body: unknown, identity: Identity): number | undefined {
  if (typeof body === "number") return Number(identity.id) === body ? body : undefined;
  if (typeof body !== "object" || body === null) return undefined;
  return Object.values(body)
    .map((value) => numberIn(value, identity))
    .find((found) => found !== undefined);
}
