// Breaks the code of the shared token in one place after the other, and runs the model of it (generation-model.ts in core) on each: it
// has to see every one of them. Run by `npm run check:fleet`.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const loop = "sources/shared-token/generation-source.ts";
const holder = "sources/shared-token/claim-holder.ts";
const memory = "sources/shared-token/process-memory.ts";
const login = "sources/shared-token/login.ts";
const state = "stores/claim-state.ts";

const mutants: readonly Mutant[] = [
  {
    what: "two processes hold a claim at once",
    file: state,
    from: "return until > now && until - now <= leaseMs * 2;",
    to: "return false;",
  },
  {
    what: "a claim that ended still publishes",
    file: state,
    from: "state.fence === fence && state.claim.until > now",
    to: "state.fence === fence",
  },
  {
    what: "any claim publishes, whoever holds it",
    file: state,
    from: "state.fence === fence && state.claim.until > now",
    to: "state.claim.until > now",
  },
  {
    what: "fences do not grow",
    file: state,
    from: "Math.max((state?.fence ?? 0) + 1, (record?.generation ?? 0) + 1, after + 1, Math.floor(now))",
    to: "state?.fence ?? 1_000",
  },
  {
    what: "a newer record is not told of",
    file: state,
    from: "if (record !== undefined && record.generation > after) return",
    to: "if (record !== undefined && record.generation > Infinity) return",
  },
  {
    what: "what could not be published is used",
    file: holder,
    from: "    if (!isPublished) {",
    to: "    if (isPublished === undefined) {",
  },
  {
    what: "the token is used before it is published",
    file: holder,
    from: "isPublished = await store.publish(claim, record, rotates ? endsAt : undefined);",
    to: "isPublished = true; store.publish(claim, record).catch(() => undefined);",
  },
  {
    what: "the refused token is taken from the store again",
    file: memory,
    from: "return latest.generation > last.generation && latest.token !== last.token;",
    to: "return true;",
  },
  {
    what: "what rotates is traded without the store",
    file: loop,
    from: "return rotates || unpublished !== undefined;",
    to: "return false;",
  },
  {
    what: "the first material is used again and again",
    file: login,
    from: "const rotated = base?.next !== undefined && !isNewLogin(base, hashOfLogin(login));",
    to: "const rotated = base?.next !== undefined && base.login === undefined;",
  },
  {
    what: "material that was refused for good is sent again",
    file: login,
    from: "if (refused.size > 0 && refused.has(",
    to: "if (refused.size > 99 && refused.has(",
  },
  {
    what: "a process that slept past its claim asks the service",
    file: holder,
    from: "isOver ||= clock() >= endsAt;",
    to: "isOver ||= clock() === endsAt;",
  },
  {
    what: "the holder of a claim does not look again before it trades",
    file: holder,
    from: "!isSame(await memory.look(), base)",
    to: "!isSame(base, base)",
  },
  {
    what: "who knows better than the store does not put it back",
    file: memory,
    from: "return latest === undefined || latest.generation < known.generation ? known : undefined;",
    to: "return undefined;",
  },
  {
    what: "what was put back is traded at once",
    file: holder,
    from: "if (base?.restored === true && base.ageMs < leaseMs) {",
    to: "if (base?.restored === true && base.ageMs < 0) {",
  },
  {
    what: "what could not be put back is published as something new",
    file: holder,
    from: "if (!rotates || generation.restored) return;",
    to: "if (!rotates) return;",
  },
  {
    what: "a store that lost what the process knows is left as it is",
    file: memory,
    from: "if (this.unpublished !== undefined || this.lostBy(latest, hash) !== undefined) return false;",
    to: "",
  },
  {
    what: "what could not be published is thrown away when another one was refused",
    file: memory,
    from: "(latest.generation > after && latest.next !== before)",
    to: "latest.generation > after",
  },
  {
    what: "a refusal is forgotten with the store",
    file: holder,
    from: "    memory.refused.add(hash);\n",
    to: "",
  },
  {
    what: "who waits does not look again",
    file: loop,
    from: "await sleep(Math.min(lookMs, remainingMs + 1)",
    to: "await sleep(1e15 * Math.min(lookMs, remainingMs + 1)",
  },
];

const core = path.resolve(import.meta.dirname, "../packages/core");
const run = (folder: string): boolean => {
  const model = JSON.stringify(path.join(folder, "fixtures/generation-model.ts"));
  const program = `const { checkModel } = await import(${model}); await checkModel({ runs: 30_000 });`;
  try {
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: "pipe",
      timeout: 300_000,
    });
    return true;
  } catch (error) {
    // Whatever else went wrong is not the model's judgement.
    if (!String((error as { stderr?: unknown }).stderr).includes("Property failed")) throw error;
    return false;
  }
};

// Beside the sources, so that what they import is found.
const folder = mkdtempSync(path.join(core, "mutants-"));
let survivors = 0;
try {
  cpSync(path.join(core, "src"), folder, { recursive: true, filter: (file) => !file.endsWith(".test.ts") });
  if (!run(folder)) throw new Error("The model finds fault with the code as it is.");
  for (const { what, file, from, to } of mutants) {
    const whole = path.join(folder, file);
    const text = readFileSync(whole, "utf8");
    if (text.split(from).length !== 2) throw new Error(`There is no one place to break so that ${what}.`);
    writeFileSync(whole, text.replace(from, to));
    const isSeen = !run(folder);
    writeFileSync(whole, text);
    console.log(`${isSeen ? "seen" : "NOT SEEN"}: ${what}`);
    if (!isSeen) survivors++;
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${mutants.length - survivors} of ${mutants.length} mutants seen`);
process.exitCode = survivors === 0 ? 0 : 1;
