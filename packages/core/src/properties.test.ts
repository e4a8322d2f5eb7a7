import fc from "fast-check";
import { expect, it } from "vitest";

import { AuthError } from "./errors.ts";
import { acmeAt, canary } from "./fixtures/acme.ts";
import { fromFunction, header } from "./index.ts";
import { parseJson } from "./untrusted/json.ts";
import { maskOf } from "./untrusted/mask.ts";
import { createAllowedOrigins, leadsTo } from "./requests/origins.ts";
import { parseRetryAfter } from "./service/retry-after.ts";
import { tokenProblem } from "./token/token.ts";

const own = "https://api.acme.example";
const { resolve, originOf: allowed } = createAllowedOrigins(`${own}/v1/`, [own]);

/** Pieces that URL tricks are made of, in any order. */
const trick = fc
  .array(
    fc.constantFrom(
      "https:",
      "HTTP:",
      "//",
      "/",
      "\\",
      "api.acme.example",
      "API.ACME.EXAMPLE",
      "evil.example",
      "@",
      ":",
      "443",
      "8443",
      ".",
      "?",
      "#",
      "\t",
      "\n",
      " ",
      "%2F",
      "%40",
      "user",
      "。",
      "[::1]",
      "\u0000",
      "é",
    ),
    { maxLength: 9 },
  )
  .map((pieces) => pieces.join(""));

it("goes where a client without a base would go, or where one with the same base does, for whatever is pieced together", () => {
  fc.assert(
    fc.property(trick, (input) => {
      const alone = URL.canParse(input) ? new URL(input) : undefined;
      const based = URL.canParse(input, `${own}/v1/`) ? new URL(input, `${own}/v1/`) : undefined;
      const resolved = input.trim() === "" ? undefined : resolve(input);
      const isOwn = resolved !== undefined && allowed(resolved) === own;
      // A text that is a URL by itself is that URL, and one that leads to another host by a base leads there.
      const isRight =
        resolved === undefined ||
        ((alone === undefined || new URL(resolved).href === alone.href) &&
          (!isOwn || leadsTo([own], alone ?? based ?? new URL(resolved))));
      expect(isRight).toBe(true);
    }),
    { numRuns: 5_000 },
  );
}, 60_000);

it("sends a token that it accepts as it is, and names the place of whatever keeps it from being sent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (value) => {
      const problem = tokenProblem(value);
      const position = Number(/at position (\d+)/.exec(problem ?? "")?.[1]);
      const isRight =
        problem === undefined
          ? new Headers({ "x-token": value }).get("x-token") === value
          : /[^\x21-\x7E]/.test(value.slice(position - 1, position));
      expect(isRight).toBe(true);
    }),
    { numRuns: 2_000 },
  );
}, 60_000);

it("answers whatever a source does with an AuthError or a token, and shows nothing of it", async () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.string().map((text) => `${canary}${text}`),
    fc.record({
      outcome: fc.constantFrom("found", "unavailable", canary),
      reveal: fc.anything(),
      expiresAt: fc.anything(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (value, isThrown) => {
      const source = fromFunction("vault", () => {
        if (isThrown) throw value;
        return value as string;
      });
      const outcome: unknown = await acmeAt(own)({ token: source, env: {} })
        .token()
        .catch((error: unknown) => error);
      expect(outcome instanceof Error && !(outcome instanceof AuthError)).toBe(false);
      expect(String(outcome)).not.toContain(canary);
      expect(JSON.stringify(outcome)).not.toContain(canary);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

it("merges any headers as the platform does, and the caller's own wins", async () => {
  const names = fc.constantFrom("x-key", "X-Key", "x-other", "X-OTHER", "accept");
  const pairs = fc.array(fc.tuple(names, fc.stringMatching(/^[a-z]{1,5}$/)), { maxLength: 4 });
  const sent: Headers[] = [];
  const auth = acmeAt(own, { inject: header("x-key") })({
    token: "injected",
    fetch: (_, init) => {
      sent.push(new Headers(init?.headers));
      return Promise.resolve(new Response());
    },
  });
  await fc.assert(
    fc.asyncProperty(pairs, fc.constantFrom("list", "headers", "object", "map"), async (list, form) => {
      const object = Object.fromEntries(list);
      const given = { list, headers: new Headers(list), object, map: new Map(list) as never }[form];
      const platform = new Headers(form === "object" ? object : form === "map" ? [...new Map(list)] : list);
      if (!platform.has("x-key")) platform.set("x-key", "injected");
      await auth.fetch("/x", { headers: given });
      expect([...(sent.pop() ?? [])]).toEqual([...platform]);
    }),
    { numRuns: 500 },
  );
});

it("reads a wait from whatever a service sends as a number within a day, or not at all", () => {
  const values = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.date().map(String),
  );
  fc.assert(
    fc.property(values, fc.integer(), (value, now) => {
      const wait = parseRetryAfter(value, () => now);
      expect(wait === undefined || (wait >= 0 && wait <= 86_400_000)).toBe(true);
    }),
  );
});

it("parses any JSON to what it holds, without a surprise for any prototype", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(parseJson(text))).toBe(
        JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value))),
      );
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

it("leaves no secret in a text, in whatever way it is written there, and the rest as it was", () => {
  const secrets = fc
    .string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 })
    .filter((text) => /^[!-~]+$/.test(text));
  const ways: readonly ((text: string) => string)[] = [
    (text) => text,
    encodeURIComponent,
    (text) => encodeURIComponent(encodeURIComponent(text)),
    (text) => JSON.stringify(text),
    (text) => JSON.stringify(JSON.stringify(text)),
    (text) => text.replace(/[<>&"'/=`]/g, (one) => `&#${one.charCodeAt(0)};`),
    (text) => Buffer.from(text).toString("base64"),
    (text) => Buffer.from(text).toString("hex").toUpperCase(),
  ];
  fc.assert(
    fc.property(secrets, fc.constantFrom(...ways), (secret, write) => {
      const masked = maskOf([secret])(`got ( ${write(secret)} ) and no more`);
      expect(masked).toMatch(/^got \( "*(?:\\")?\[token\](?:\\")?"* \) and no more$/);
    }),
  );
});
