import { pylon } from "@auth/pylon";

const tries = [pylon({ env: {} }), pylon({ env: {}, login: true })];
const errors = await Promise.all(tries.map((auth) => auth.token().catch((error) => error)));
console.log(errors.map(({ code }) => code).join(" "), errors[1].message.includes("is not installed"));
