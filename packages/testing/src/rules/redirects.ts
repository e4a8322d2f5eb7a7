import type { AuthOptions } from "@auth/core";

import type { LoopbackServer } from "../loopback-server.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";

const remedy = "Decide about the token on every hop, by its origin. Leave fetch as defineProvider makes it.";

/** Where the token goes when the service sends a request on. */
export const redirectRules: readonly Rule[] = [
  {
    id: "redirect-within",
    title: "sends the token along when its own origin redirects to itself",
    remedy,
    async check(trial) {
      await onBothTransports(trial, async (auth, own) => {
        const response = await auth("/to?/end");
        insist((await response.text()) === "/end", "A redirect within the origin was not followed.");
        insist(own.carried("/end"), "A redirect within the origin lost the token.");
      });
    },
  },
  {
    id: "redirect-away",
    title: "does not send the token along when its origin redirects to another",
    remedy,
    async check(trial) {
      await onBothTransports(trial, async (auth, own, foreign) => {
        for (const status of ["", "/301", "/303", "/307", "/308"]) {
          const response = await auth(`${status}/to?${foreign.url}/end`);
          insist((await response.text()) === "/end", "A redirect to another origin was not followed.");
        }
        insist(own.carried("/to"), "The first request went without the token.");
        insist(!foreign.sawToken(), "A redirect to another origin carried the token.");
      });
    },
  },
  {
    id: "redirect-and-back",
    title: "does not take the token up again when a redirect comes back from another origin",
    remedy,
    async check(trial) {
      await onBothTransports(trial, async (auth, own, foreign) => {
        const response = await auth(`/to?${foreign.url}/to?${own.url}/end`);
        insist((await response.text()) === "/end", "A redirect away and back was not followed.");
        insist(!foreign.sawToken(), "A redirect to another origin carried the token.");
        insist(!own.carried("/end"), "A redirect away and back carried the token again.");
      });
    },
  },
  {
    id: "redirect-from-elsewhere",
    title: "adds no token when another origin redirects to its own",
    remedy,
    async check(trial) {
      await onBothTransports(trial, async (auth, own, foreign) => {
        const response = await auth(`${foreign.url}/to?${own.url}/end`);
        insist((await response.text()) === "/end", "A redirect from another origin was not followed.");
        insist(!own.carried("/end"), "Another origin made it send the token.");
      });
    },
  },
  {
    id: "redirect-with-body",
    title: "sends the body again on 307 and 308, with the token to its own origin only",
    remedy,
    async check(trial) {
      await onBothTransports(trial, async (auth, own, foreign) => {
        for (const { url, requests } of [own, foreign]) {
          await auth(`/307/to?${url}/end`, { method: "POST", body: "the body" });
          const last = requests().at(-1);
          insist(last?.method === "POST" && last.body === "the body", "A 307 lost the method or the body.");
        }
        insist(own.carried("/end"), "A 307 within the origin lost the token.");
        insist(!foreign.sawToken(), "A 307 to another origin carried the token.");
      });
    },
  },
  {
    id: "redirect-not-followed",
    title: "follows no redirect where the caller wants none",
    remedy: "Hand the option redirect on to fetch. Leave fetch as defineProvider makes it.",
    async check(trial) {
      await onBothTransports(trial, async (auth, own, foreign) => {
        const to = `/to?${foreign.url}/end`;
        const { status } = await auth(to, { redirect: "manual" });
        insist(status === 302, `With redirect: "manual", the answer has status ${status}.`);
        const failed = await auth(to, { redirect: "error" }).then(
          () => false,
          () => true,
        );
        insist(failed, 'With redirect: "error", a redirect was no error.');
        insist(foreign.requests().length === 0 && own.requests().length === 2, "A redirect was followed.");
      });
    },
  },
];

/** What a rule asks of one of the two servers. */
interface Origin {
  readonly url: string;
  requests(): LoopbackServer["requests"];
  /** Whether the last request for a path carried the token in its header. */
  carried(path: string): boolean;
  /** Whether any request shows it, in whatever form. */
  sawToken(): boolean;
}

/** With the platform's `fetch`, and with one of the caller's own, whose way with redirects nobody knows. */
async function onBothTransports(
  trial: Trial,
  check: (fetch: typeof globalThis.fetch, own: Origin, foreign: Origin) => Promise<void>,
): Promise<void> {
  const transports: AuthOptions[] = [{}, { fetch: (input, init) => fetch(input, init) }];
  for (const options of transports) {
    const own = await startOrigin(trial);
    const foreign = await startOrigin(trial);
    const auth = trial.auth(own.url, options);
    await check((input, init) => auth.fetch(input, init), own, foreign);
  }
}

/** Answers `/to?<url>`, or with another status `/307/to?<url>`, by a redirect, and anything else by its path. */
async function startOrigin(trial: Trial): Promise<Origin> {
  const server = await trial.serve(({ path, url }) => {
    const [, status = "302"] = /^(?:\/(\d+))?\/to$/.exec(path) ?? [];
    if (!path.endsWith("/to")) return { body: path };
    return { status: Number(status), headers: { location: url.slice(url.indexOf("?") + 1) } };
  });
  const { name, value } = trial.header();
  return {
    url: server.url,
    requests: () => server.requests,
    carried: (path) => server.requests.findLast((one) => one.path === path)?.headers[name] === value,
    sawToken: () => server.requests.some((one) => trial.shows(JSON.stringify(one))),
  };
}
