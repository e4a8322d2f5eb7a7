// Run by github-actions.yml, and fit for any CI: ends with 1 where the token is missing, refused or not checked. It prints how
// the token was found and what to do, and never the token.
import process from "node:process";

import { formatExplanation, pylon } from "@auth/pylon";

const explanation = await pylon({ baseUrl: process.env["PYLON_BASE_URL"] }).explain({ verify: true });
console.log(formatExplanation(explanation));
if (explanation.outcome !== "verified") process.exitCode = 1;
