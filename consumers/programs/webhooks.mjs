import { verifyWebhook } from "@auth/pylon/webhooks";

const refusal = await verifyWebhook("{}", { secret: "not-a-secret", headers: {} }).catch((error) => error);
console.log(refusal.code);
