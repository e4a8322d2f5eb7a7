import { recordingFetch } from "../recording-fetch.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";
import { verifyAnyhow } from "../verify-anyhow.ts";

/** Which requests carry the token. */
export const sendingRules: readonly Rule[] = [
  {
    id: "relative-inputs",
    title: "resolves relative inputs against its address, as the URL standard does",
    remedy: "Leave fetch as defineProvider makes it.",
    async check(trial) {
      const inputs = [
        "/things?limit=1",
        "things",
        "./a/../b",
        "?q",
        "/a//b",
        "HTTPS://API.ACME.EXAMPLE:443/x",
      ];
      for (const input of inputs)
        await expectSent(trial, input, { to: new URL(input, base).href, carrying: true });
    },
  },
  {
    id: "foreign-origins",
    title: "sends requests to other origins without the token",
    remedy:
      "Compare scheme, host and port of the parsed URL: leave fetch and headers as defineProvider makes them.",
    async check(trial) {
      for (const url of foreign) await expectSent(trial, url, { to: new URL(url).href, carrying: false });
    },
  },
  {
    id: "look-alike-origins",
    title: "is not taken in by addresses that look like its own",
    remedy:
      "Compare the origin of the parsed URL, never the text: leave fetch and headers as defineProvider makes them.",
    async check(trial) {
      for (const url of lookAlikes)
        await expectSent(trial, url, { to: new URL(url, base).href, carrying: false });
    },
  },
  {
    id: "own-origins",
    title: "keeps the token from look-alikes of its real origins",
    remedy: "List no origin in setup that is not the service's own.",
    async check(trial) {
      const { provider, token } = trial;
      const auth = provider({ env: {}, token, ...trial.options("http://127.0.0.1:9") });
      for (const origin of auth.origins) {
        const { protocol, hostname, host } = new URL(origin);
        const carrying = await auth.headers(`${origin}/`);
        insist(Object.keys(carrying).length === 1, `headers() gave no header for ${origin}.`);
        const others = [
          `${origin}.evil.example/`,
          `https://evil.example/${host}`,
          `${protocol}//${host}@evil.example/`,
        ];
        if (!/^[\d.]+$|^\[|^localhost$/.test(hostname))
          others.push(`${protocol}//evil${host}/`, `${protocol}//evil.${host}/`);
        for (const url of others) {
          if (!URL.canParse(url) || auth.origins.includes(new URL(url).origin)) continue;
          const headers = await auth.headers(url);
          insist(Object.keys(headers).length === 0, `headers() gave a header for ${url}.`);
        }
      }
    },
  },
  {
    id: "foreign-needs-no-token",
    title: "looks for no token to send a request elsewhere",
    remedy:
      "Ask for the token only once the origin is known to be allowed: leave fetch as defineProvider makes it.",
    async check(trial) {
      const elsewhere = await trial.serve(() => ({ body: "elsewhere" }));
      let asked = 0;
      const auth = trial.auth("https://api.acme.example", {
        token: () => {
          asked += 1;
          throw new Error("There is none.");
        },
      });
      const response = await auth.fetch(`${elsewhere.url}/file`).catch(() => undefined);
      insist(
        (await response?.text()) === "elsewhere",
        "A request to another origin failed, for want of a token.",
      );
      insist(asked === 0, "A request to another origin asked a token source.");
    },
  },
  {
    id: "token-only-in-header",
    title: "sends the token in its header and nowhere else in a request",
    remedy:
      "Put the token into no URL, body or other header: verify.path and verify.body are the same for all tokens.",
    async check(trial) {
      const { name, value } = trial.header();
      const server = await trial.serve();
      const auth = trial.auth(server.url);
      await auth.fetch("/things", { method: "POST", body: "x" });
      await verifyAnyhow(auth);
      insist(server.requests.length >= 2, "verify() sent no request.");
      for (const { url, body, headers } of server.requests) {
        insist(headers[name] === value, `A request to its own origin went without ${name}.`);
        const { [name]: _, ...others } = headers;
        insist(
          !trial.shows(`${url} ${body} ${JSON.stringify(others)}`),
          "A request shows the token in its URL, its body or another header.",
        );
      }
    },
  },
];

const base = "https://api.acme.example/";

const foreign = [
  "https://evil.example/x",
  "https://acme.example/x",
  "https://v2.api.acme.example/x",
  "https://api.acme.example:8443/x",
  "http://api.acme.example/x",
  "http://127.0.0.1/x",
  "https://API.EVIL.EXAMPLE/x",
];

const lookAlikes = [
  "https://api.acme.example@evil.example/x",
  "https://api.acme.example:443@evil.example/x",
  "https://api.acme.example.evil.example/x",
  "https://api.acme.example./x",
  "https://evilapi.acme.example/x",
  "https://evil.example/https://api.acme.example/x",
  "https://evil.example?https://api.acme.example/",
  "https://evil.example#@api.acme.example/",
  "https://evil.example\\@api.acme.example/x",
  "https://api.acme.example%5c.evil.example@evil.example/x",
  "//evil.example/x",
  "/\\evil.example/x",
  "\\\\evil.example/x",
  "/\t/evil.example/x",
  "\n//evil.example/x",
  "https:\\\\evil.example/x",
  "HTTPS://EVIL.EXAMPLE/x",
];

/** Sends one input through `fetch`, as a text and as a URL, and asks `headers()` of it. */
async function expectSent(
  trial: Trial,
  input: string,
  { to, carrying }: { readonly to: string; readonly carrying: boolean },
): Promise<void> {
  const { name, value } = trial.header();
  const { fetch, sent } = recordingFetch();
  const auth = trial.auth(base, { fetch });
  await auth.fetch(input);
  await auth.fetch(new URL(input, base));
  const shownInput = JSON.stringify(input);
  for (const { url, headers } of sent) {
    insist(url === to, `The input ${shownInput} was sent to ${url}, and not to ${to}.`);
    insist(
      headers.get(name) === (carrying ? value : null) &&
        (carrying || !trial.shows(JSON.stringify([...headers]))),
      `The input ${shownInput} was sent ${carrying ? "without" : "with"} the token.`,
    );
  }
  insist(sent.length === 2, `The input ${shownInput} was sent ${sent.length} times, and not twice.`);
  const given = Object.keys(await auth.headers(new URL(input, base)));
  insist(
    given.length === (carrying ? 1 : 0),
    `headers() gave ${given.join(", ") || "nothing"} for ${shownInput}.`,
  );
}
