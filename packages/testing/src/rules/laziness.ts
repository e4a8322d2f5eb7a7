import { recordingFetch } from "../recording-fetch.ts";
import { expect, type Rule } from "../rule.ts";
import { watchedEnvironment, watchReads } from "../watch-reads.ts";
import { watchImport } from "../watch-import.ts";

/** When a provider begins to look around. */
export const lazinessRules: readonly Rule[] = [
  {
    id: "calling-reads-nothing",
    title: "reads nothing when the factory is called",
    remedy: "Move what the factory looks up into setup, or into a token source: both run at the first use.",
    async check(context) {
      const seen: string[] = [];
      const env = watchedEnvironment({}, (name) => seen.push(`the variable ${name}`));
      const { fetch, sent } = recordingFetch();
      const now = (): number => (seen.push("the clock"), 0);
      const token = (): undefined => void seen.push("the token");
      const options = context.options("http://127.0.0.1:9");
      seen.push(...watchReads(() => void context.provider({ ...options, env, fetch, now, token })));
      // What it may have put off until the call has returned.
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(...sent.map(({ url }) => url));
      expect(seen.length === 0, `Calling the factory read ${seen.join(", ")}.`);
    },
  },
  {
    id: "setup-sends-nothing",
    title: "sends nothing before it is asked to",
    remedy: "Send nothing in setup: what needs a request belongs into a token source.",
    async check(context) {
      const { fetch, sent } = recordingFetch();
      const auth = context.auth("https://api.acme.example", { fetch });
      void [auth.baseUrl, auth.origins, auth.provider.tokenUrl];
      await auth.token();
      await auth.headers(auth.baseUrl);
      expect(sent.length === 0, `It sent a request to ${sent[0]?.url} before there was one to send.`);
    },
  },
  {
    id: "importing-reads-nothing",
    title: "reads nothing when it is imported",
    remedy:
      "Read variables, files and the clock in setup or in a token source, never at the top of a module.",
    applies: ({ entry }) => entry !== undefined,
    async check({ facts: { entry } }) {
      const { reads } = await watchImport(entry as URL);
      expect(reads.length === 0, `Importing it read ${reads.join(", ")}.`);
    },
  },
  {
    id: "runs-everywhere",
    title: "runs where there are no node: modules",
    remedy: 'Move what touches the machine to an entry of its own, or say runsOn: "node" in the facts.',
    applies: ({ entry, runsOn = "everywhere" }) => entry !== undefined && runsOn === "everywhere",
    async check({ facts: { entry } }) {
      const { builtins } = await watchImport(entry as URL);
      expect(builtins.length === 0, `Importing it loads ${builtins.join(", ")}.`);
    },
  },
];
