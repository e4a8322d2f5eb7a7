import { testProvider } from "@auth/testing";

import { ledgerline } from "./ledgerline.ts";

const user = "ada@example.com";

testProvider(ledgerline, {
  env: "LEDGERLINE_PASSWORD",
  options: { account: "acme", user },
  header: (token) => ["authorization", `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`],
  identity: { kind: "user", id: "7", label: "Ada", email: user },
  entry: new URL("ledgerline.ts", import.meta.url),
  answers: {
    accepted: { body: { user: { id: 7, email: user, name: "Ada" } } },
    rejected: { body: "Ledgerline does not know this user or password." },
    others: [
      {
        name: "one-time code required",
        status: 401,
        headers: { "x-ledgerline-otp": "required" },
        body: "Use an application password.",
        code: "AUTH_OTP_REQUIRED",
      },
      { name: "closed account", status: 404, body: "Not found.", code: "AUTH_PERMISSION_DENIED" },
    ],
  },
});
