import { note, out, printJson } from "../output.ts";
import type { Run } from "../call.ts";
import { printExplanation } from "./print-explanation.ts";
import { showWaiting } from "../ask.ts";

/** Where the token comes from, where it may go, what is wrong. */
export const status: Run = async ({ auth, command, json }, { values }) => {
  const verify = values["verify"] === true;
  const asked = auth.explain({ verify });
  const explanation = await (verify ? showWaiting(`Asking ${command.provider.name}`, asked) : asked);
  if (json) printJson(explanation);
  else {
    printExplanation(explanation, out);
    if (explanation.outcome === "found")
      note.line(`The service was not asked. To ask it: auth-${command.provider.id} verify`);
  }
  return explanation.outcome === "failed" ? 1 : 0;
};
