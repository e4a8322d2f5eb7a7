// What Node.js, Bun and Deno run. The last line that it prints is the outcomes.
import process from "node:process";

import { checkEverywhere } from "./check-everywhere.ts";
import { checkMachine, type Login } from "./check-machine.ts";
import type { Site } from "./ground.ts";
import { createSuite } from "./suite.ts";

const { site, login } = JSON.parse(process.argv[2] ?? "") as { site: Site; login: Login };
const suite = createSuite();
await checkEverywhere(suite, site);
await checkMachine(suite, site, login);
console.log(JSON.stringify(suite.outcomes));
