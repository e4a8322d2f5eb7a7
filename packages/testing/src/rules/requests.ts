import { failureOf } from "../failure-of.ts";
import { recordingFetch } from "../recording-fetch.ts";
import { insist, type Rule } from "../rule.ts";
import { soon } from "../soon.ts";

const withFetch = "Leave fetch as defineProvider makes it.";

/** `fetch` stays `fetch`. */
export const requestRules: readonly Rule[] = [
  {
    id: "caller-header-wins",
    title: "leaves a header alone that the caller has set, in any case",
    remedy: `Look at the caller's headers, whatever their case, before adding one. ${withFetch}`,
    async check(trial) {
      const { name } = trial.header();
      const url = "https://api.acme.example/x";
      const own = "the caller's own";
      for (const written of [name, name.toUpperCase(), capitalized(name)]) {
        const given: [string | Request, RequestInit?][] = [
          [url, { headers: { [written]: own } }],
          [url, { headers: [[written, own]] }],
          [url, { headers: new Headers([[written, own]]) }],
          [new Request(url, { headers: { [written]: own } })],
        ];
        for (const [input, init] of given) {
          const { fetch, sent } = recordingFetch();
          await trial.auth(url, { fetch }).fetch(input, init);
          insist(sent[0]?.headers.get(name) === own, `The caller's ${written} was replaced or added to.`);
        }
      }
    },
  },
  {
    id: "options-unchanged",
    title: "changes nothing that it is given",
    remedy: `Copy headers and options before adding to them. ${withFetch}`,
    async check(trial) {
      const { name } = trial.header();
      const server = await trial.serve();
      const record: Record<string, string> = { "x-caller": "1" };
      const headers = new Headers(record);
      const request = new Request(`${server.url}/x`, { headers });
      const inits: RequestInit[] = [
        { headers: record },
        { headers },
        Object.freeze({ headers: Object.freeze({ ...record }) }),
      ];
      const options = Object.freeze({
        ...trial.options(server.url),
        env: Object.freeze({}),
        token: trial.token,
        baseUrl: server.url,
      });
      const auth = trial.provider(options);
      const before = inits.map((init) => Object.keys(init).join());
      for (const init of inits)
        await auth.fetch("/x", init).catch(() => insist(false, "Frozen options made a request fail."));
      await auth.fetch(request);
      insist(
        inits.every((init, index) => Object.keys(init).join() === before[index]),
        "The options of a request were changed.",
      );
      insist(Object.keys(record).join() === "x-caller", "The headers of a request were changed.");
      insist(
        !headers.has(name) && !request.headers.has(name),
        "A Headers or Request object of the caller's now holds the token.",
      );
    },
  },
  {
    id: "fetch-is-bound",
    title: "has a fetch that works by itself",
    remedy: "Give fetch as a function that needs no `this`.",
    async check(trial) {
      const server = await trial.serve();
      const { fetch } = trial.auth(server.url);
      const response = await fetch("/x").catch(() => undefined);
      insist(response?.ok === true, "Taken off the auth, its fetch fails.");
    },
  },
  {
    id: "request-passes-through",
    title: "passes method, headers and body on, and the answer back",
    remedy: withFetch,
    async check(trial) {
      const server = await trial.serve(({ body }) => ({ status: 418, headers: { "x-service": "1" }, body }));
      const auth = trial.auth(server.url);
      const init = { method: "PATCH", headers: { "x-caller": "1" }, body: "the body" };
      const stream = { method: "POST", body: new Blob(["the body"]).stream(), duplex: "half" as const };
      const request = new Request(`${server.url}/b?c`, init);
      for (const [path, method, send] of [
        ["/a?b=c", "PATCH", () => auth.fetch("/a?b=c", init)],
        ["/b?c", "PATCH", () => auth.fetch(request)],
        ["/d", "POST", () => auth.fetch("/d", stream)],
      ] as const) {
        const response = await send();
        const seen = server.requests.at(-1);
        insist(
          seen?.method === method && seen.url === path,
          `${method} ${path} arrived as ${seen?.method} ${seen?.url}.`,
        );
        insist(seen.body === "the body", `The body of ${method} ${path} did not arrive.`);
        insist(
          method === "POST" || seen.headers["x-caller"] === "1",
          `A header of ${method} ${path} did not arrive.`,
        );
        const { status, headers } = response;
        insist(
          status === 418 && headers.get("x-service") === "1" && (await response.text()) === "the body",
          `The answer to ${method} ${path} came back changed.`,
        );
      }
    },
  },
  {
    id: "failure-passes-through",
    title: "rejects with what fetch rejects with, and with the caller's own reason when the caller stops",
    remedy: `Hand on what fetch throws as it is. ${withFetch}`,
    async check(trial) {
      const thrown = new TypeError("fetch failed");
      const failing = trial.auth("https://api.acme.example", { fetch: () => Promise.reject(thrown) });
      insist(
        (await failureOf(failing.fetch("/x"), "The network was down")) === thrown,
        "The error of a request without an answer was replaced.",
      );

      const server = await trial.serve(() => new Promise(() => undefined));
      const stop = new AbortController();
      const reason = new Error("The caller stops.");
      const request = failureOf(
        trial.auth(server.url).fetch("/x", { signal: stop.signal }),
        "The caller stopped",
      );
      stop.abort(reason);
      insist(
        (await soon(request, "The caller stopped")) === reason,
        "The caller's reason to stop was replaced.",
      );
    },
  },
];

function capitalized(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
