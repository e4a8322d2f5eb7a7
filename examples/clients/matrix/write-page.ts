// Runs every client and writes docs/clients.md: npm run docs:clients
import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { generateClients } from "./generate.ts";

await generateClients();
// Some of the clients import what was generated.
const { pageOf, runMatrix } = await import("./page.ts");
writeFileSync(path.join(import.meta.dirname, "../../../docs/clients.md"), pageOf(await runMatrix()));
// Some clients keep connections that nobody can close.
process.exit();
