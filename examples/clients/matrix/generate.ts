// The clients that are generated from a description of the API: made anew for each run, from the same description.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { createClient } from "@hey-api/openapi-ts";
import { generate } from "orval";

const target = path.join(import.meta.dirname, "../generated");

const answers = {
  200: { description: "well", content: { "application/json": { schema: { type: "object" } } } },
};

/** One path, with and without a body. Where it leads is the base address of each cell. */
const description = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1.0.0" },
  paths: {
    "/things": {
      get: { operationId: "getThing", responses: answers },
      post: {
        operationId: "postThing",
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
        responses: answers,
      },
    },
  },
};

export async function generateClients(): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const input = path.join(target, "things.json");
  writeFileSync(input, JSON.stringify(description));
  await createClient({
    input,
    output: { path: path.join(target, "hey-api"), module: { extension: ".ts" } },
    plugins: ["@hey-api/client-fetch", "@hey-api/sdk"],
    logs: { level: "silent" },
  });
  await generate({
    input: { target: input },
    output: {
      target: path.join(target, "orval/things.ts"),
      client: "fetch",
      override: {
        mutator: { path: path.join(import.meta.dirname, "../orval.ts"), name: "sendWith", extension: ".ts" },
      },
    },
  });
  // They are compiled for a page, and with looser settings than ours.
  for (const file of globSync("**/*.ts", { cwd: target })) {
    const made = path.join(target, file);
    writeFileSync(made, `// @ts-nocheck\n${readFileSync(made, "utf8")}`);
  }
}
