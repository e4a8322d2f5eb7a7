// Prints the CPU that a process has used from its start to its first answer, in milliseconds: with an auth, or with the same
// header by hand.
import process from "node:process";

const [, , subject = "", baseUrl = "", header = ""] = process.argv;

/** Loaded here alone: what a program does not use it does not pay for. */
const senders: Readonly<Record<string, () => Promise<typeof globalThis.fetch>>> = {
  "by hand": () =>
    Promise.resolve(((url) => fetch(url, { headers: { authorization: header } })) as typeof fetch),
  "a package of one line": async () => (await import("@auth/benchmarks/one-line")).fetchWith(header),
  "@auth/pylon": async () => {
    const { pylon } = await import("@auth/pylon");
    return pylon({ token: header.replace("Bearer ", ""), baseUrl, env: {} }).fetch;
  },
  "@auth/dnanexus": async () => {
    const { dnanexus } = await import("@auth/dnanexus");
    return dnanexus().fetch;
  },
};

const send = await senders[subject]?.();
const response = await send?.(`${baseUrl}/x`);
await response?.text();
const { user, system } = process.cpuUsage();
if (response?.status !== 200) throw new Error(`${subject} got no answer.`);
console.log(JSON.stringify((user + system) / 1000));
process.exit();
