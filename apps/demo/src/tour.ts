import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { startFakeDNAnexus } from "@auth/dnanexus/testing";
import { startFakePylon } from "@auth/pylon/testing";

import { dnanexusTour } from "./dnanexus-tour.ts";
import { startForeign } from "./foreign.ts";
import { pylonTour } from "./pylon-tour.ts";
import { runStep, type StepResult } from "./step.ts";

/** Runs every step against both services on loopback, with tokens that are made for this run. */
export async function runTour(newToken = randomToken): Promise<StepResult[]> {
  const tokens = { us: newToken(), eu: newToken(), dx: newToken() };
  const folder = await mkdtemp(path.join(tmpdir(), "auth-demo-"));
  await using foreign = await startForeign();
  await using pylon = await startFakePylon({ tokens: { [tokens.us]: {}, [tokens.eu]: { region: "eu" } } });
  await using dx = await startFakeDNAnexus({ tokens: { [tokens.dx]: "alice" } });
  try {
    const steps = [
      ...pylonTour(pylon, tokens, foreign),
      ...(await dnanexusTour(dx, tokens.dx, folder, foreign)),
    ];
    const results: StepResult[] = [];
    // One after another: a step may count on what the one before it left behind.
    for (const step of steps) results.push(await runStep(step));
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function randomToken(): string {
  return randomBytes(24).toString("base64url");
}
