// What must hold in every runtime. Nothing in here needs more than the web's own interfaces.
import { acmeAt } from "./acme.ts";
import { checkRedirects } from "./check-redirects.ts";
import { checkRequests } from "./check-requests.ts";
import { checkTokens } from "./check-tokens.ts";
import { checkVerify } from "./check-verify.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import type { Ground, Site } from "./ground.ts";
import { canary, same, type Suite } from "./suite.ts";
import { touchedWhile } from "./touched-while.ts";

export async function checkEverywhere(suite: Suite, site: Site): Promise<void> {
  const { check } = suite;
  const { own } = site;
  let core!: Ground["core"];
  let pylon!: Ground["pylon"];
  let acme!: Ground["acme"];

  await check("importing and calling a factory touches nothing", async () => {
    const touched = await touchedWhile(async () => {
      core = await import("@auth/core");
      ({ pylon } = await import("@auth/pylon"));
      acme = acmeAt(own, core);
      pylon({ token: canary });
      acme();
    });
    same(touched, []);
  });

  await check("verify loads ky, and sending does not", async () => {
    const auth = acme();
    const sending = await touchedWhile(async () => auth.headers(own), ["Request"]);
    const verifying = await touchedWhile(() => auth.verify(), ["Request"]);
    same([sending, verifying], [[], ["Request"]]);
  });

  const ground = { ...suite, ...site, core, pylon, acme };
  await checkTokens(ground);
  await checkRequests(ground);
  await checkRedirects(ground);
  await checkVerify(ground);
  await checkWebhooks(ground);
}
