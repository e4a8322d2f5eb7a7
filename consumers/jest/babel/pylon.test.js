const { pylon } = require("@auth/pylon");
const { verifyWebhook } = require("@auth/pylon/webhooks");

test("verifies a token, and a webhook", async () => {
  const sent = [];
  const fetch = async (input, init) => {
    sent.push(new Request(input, init).headers.get("authorization"));
    return Response.json({ data: { id: "o-1", name: "Acme" } });
  };
  const { identity } = await pylon({ env: {}, token: "not-a-secret", fetch }).verify();
  expect([identity.id, sent]).toEqual(["o-1", ["Bearer not-a-secret"]]);
  const refused = verifyWebhook("{}", { secret: "not-a-secret", headers: {} });
  await expect(refused).rejects.toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  await expect(pylon({ env: {}, login: true }).token()).rejects.toThrow("which is not installed");
});
