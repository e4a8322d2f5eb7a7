import { verifyFailure } from "../answering.ts";
import { authErrorOf, failureOf } from "../failure-of.ts";
import type { LoopbackAnswer } from "../loopback-server.ts";
import { insist, type Rule } from "../rule.ts";
import { soon } from "../soon.ts";
import { verifyAnyhow } from "../verify-anyhow.ts";

/** How the service is asked whom the token speaks for. */
export const verifyingRules: readonly Rule[] = [
  {
    id: "identity-shape",
    title: "tells an identity as kind, id and, where there is one, label: texts with something in them",
    remedy: "Give identify's answer as { kind, id, label? }, and leave a label out that is not there.",
    async check(trial) {
      const server = await trial.serve();
      const { identity } = (await verifyAnyhow(trial.auth(server.url))) ?? {};
      if (identity === undefined) return;
      for (const member of ["kind", "id"] as const)
        insist(
          typeof identity[member] === "string" && identity[member].trim() !== "",
          `The identity has no ${member}.`,
        );
      const { label } = identity;
      insist(
        !("label" in identity) || (typeof label === "string" && label.trim() !== ""),
        "The identity has a label with nothing in it.",
      );
    },
  },
  {
    id: "no-answer",
    title: "blames the network and not the token where no answer comes",
    remedy: "Leave verify as defineProvider makes it.",
    async check(trial) {
      const hangingUp = await trial.serve(() => ({ drop: true }));
      // As the platform says it. A port that is closed for certain cannot be had: another program may open it.
      const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      const refused = (): Promise<never> => Promise.reject(new TypeError("fetch failed", { cause }));
      for (const options of [{}, { fetch: refused }]) {
        const auth = trial.auth(hangingUp.url, options);
        const { code, status } = await authErrorOf(auth.verify({ timeoutMs: 5_000 }), "There was no answer");
        insist(
          code === "AUTH_UNREACHABLE" && status === undefined,
          `There was no answer: that gave ${code}.`,
        );
      }
    },
  },
  {
    id: "time-limit",
    title: "gives up verifying when the time is up",
    remedy: "Hand the time limit on to whatever verify waits for.",
    async check(trial) {
      const server = await trial.serve(() => new Promise(() => undefined));
      const auth = trial.auth(server.url);
      // The token is at hand, so that the time goes by while the service is asked.
      await auth.token();
      const verifying = authErrorOf(auth.verify({ timeoutMs: 20 }), "The service did not answer");
      const { code } = await soon(verifying, "The end of a verify with a limit of 20 ms");
      insist(code === "AUTH_UNREACHABLE", `The service did not answer in time: that gave ${code}.`);
    },
  },
  {
    id: "verify-stops",
    title: "stops verifying when the caller does, with the caller's reason",
    remedy: "Leave verify as defineProvider makes it.",
    async check(trial) {
      const stop = new AbortController();
      const server = await trial.serve(() => new Promise(() => stop.abort(reason)));
      const reason = new Error("The caller stops.");
      const auth = trial.auth(server.url);
      const failure = await soon(
        failureOf(auth.verify({ signal: stop.signal }), "The caller stopped"),
        "The end of a stopped verify",
      );
      insist(failure === reason, "A stopped verify was not rejected with the caller's reason.");
    },
  },
  {
    id: "verify-follows-nothing",
    title: "follows no redirect when it verifies",
    remedy: "Give verify.path as the address that answers, and leave verify as defineProvider makes it.",
    async check(trial) {
      const elsewhere = await trial.serve();
      const server = await trial.serve(({ path }) => (path === "/there" ? trial.accepted : redirect));
      let redirect: LoopbackAnswer = { status: 302, headers: { location: `${elsewhere.url}/there` } };
      const away = await verifyFailure(
        trial.auth(server.url),
        "The service redirected verify to another origin",
      );
      insist(elsewhere.requests.length === 0, "verify() followed a redirect to another origin.");
      insist(
        away.code === "AUTH_ORIGIN_NOT_ALLOWED",
        `verify() was redirected to another origin: that gave ${away.code}.`,
      );
      redirect = { status: 307, headers: { location: "/there" } };
      const within = await verifyFailure(trial.auth(server.url), "The service redirected verify");
      insist(within.code === "AUTH_RESPONSE_MALFORMED", `verify() was redirected: that gave ${within.code}.`);
      insist(!server.requests.some(({ path }) => path === "/there"), "verify() followed a redirect.");
    },
  },
];
