import { isAuthError } from "@auth/pylon";

import type { Finding } from "./step.ts";

/** The finding of a step that is to fail with a code. */
export async function failing(use: Promise<unknown>, source: string, code: string): Promise<Finding> {
  try {
    await use;
  } catch (error) {
    if (isAuthError(error))
      return { source, outcome: `${error.code}. ${error.remedy}`, ok: error.code === code };
  }
  return { source, outcome: "did not fail as it should", ok: false };
}
