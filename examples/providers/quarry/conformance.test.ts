import { testProvider } from "@auth/testing";

import { quarry } from "./quarry.ts";
import { tokenAnswer } from "./testing/fake-quarry.ts";

const client = { clientId: "cl_9", clientSecret: "canary-quarry-0f4b8e2d6c9a1735" };

testProvider(quarry, {
  options: client,
  secrets: [client.clientSecret],
  routes: (request, token) =>
    request.path === "/oauth/token" ? tokenAnswer(client, [token], request) : undefined,
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: { kind: "client", id: "cl_9", label: "nightly export", workspaceId: "ws_2" },
  entry: new URL("quarry.ts", import.meta.url),
  answers: {
    accepted: { body: { client: { id: "cl_9", name: "nightly export" }, workspace: "ws_2" } },
    rejected: { body: { error: "invalid_token", message: "This access token is not known." } },
    others: [
      {
        name: "forbidden",
        status: 403,
        body: { error: "forbidden", message: "Not in this workspace." },
        code: "AUTH_PERMISSION_DENIED",
      },
    ],
  },
});
