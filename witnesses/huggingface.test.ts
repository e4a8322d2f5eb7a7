import { huggingface } from "@auth/huggingface";
import { startFakeHuggingFace } from "@auth/huggingface/testing";
import {
  checkRepoAccess,
  commit,
  createRepo,
  downloadFile,
  fileDownloadInfo,
  HubApiError,
  listFiles,
  listModels,
  modelInfo,
  repoExists,
  whoAmI,
} from "@huggingface/hub";
import { expect, it } from "vitest";

// The client takes tokens of this beginning alone.
const canary = "hf_canary-huggingface-3b6d9f2e5a1c7048";
const stranger = "hf_stranger";
const repo = { type: "model", name: "acme/tiny" } as const;

function startFake() {
  const eve = { owner: { id: "1", name: "eve", fullname: "Eve" }, orgs: [] };
  return startFakeHuggingFace({ tokens: { [canary]: {}, [stranger]: eve } });
}

it("says whose the token is", async () => {
  await using fake = await startFake();
  const { type, name, auth } = await whoAmI({ hubUrl: fake.url, accessToken: canary });
  expect([type, name, auth.accessToken?.role, auth.accessToken?.createdAt]).toEqual([
    "user",
    "ada",
    "write",
    expect.any(Date),
  ]);
});

it("lists, describes, makes and writes repositories", async () => {
  await using fake = await startFake();
  const given = { hubUrl: fake.url, accessToken: canary };
  const names: string[] = [];
  for await (const { name } of listModels({ ...given, search: { owner: "acme" } })) names.push(name);
  expect(names).toEqual(["acme/tiny", "acme/private", "acme/gated"]);
  expect((await modelInfo({ ...given, name: "acme/private" })).private).toBe(true);
  await createRepo({ ...given, repo: "acme/new" });
  const content = new Blob(["hello"]);
  await commit({
    ...given,
    repo: "acme/new",
    title: "Add a file",
    operations: [{ operation: "addOrUpdate", path: "a.txt", content }],
  });
  const paths: string[] = [];
  for await (const { path } of listFiles({ ...given, repo: "acme/new" })) paths.push(path);
  expect(paths).toEqual(["a.txt"]);
});

it("gets a small file here and a large one from the CDN, where it shows no token", async () => {
  await using fake = await startFake();
  const given = { hubUrl: fake.url, accessToken: canary, repo };
  expect(await (await downloadFile({ ...given, path: "config.json" }))?.text()).toContain("tiny");
  expect(await (await downloadFile({ ...given, path: "model.safetensors" }))?.text()).toBe(
    "0123456789 weights",
  );
  expect(await fileDownloadInfo({ ...given, path: "none.txt" })).toBeNull();
  const atCdn = fake.requests.filter(({ place }) => place === "cdn");
  expect(atCdn.length).toBeGreaterThan(0);
  expect(atCdn.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

it("follows the new name of a repository, with the token", async () => {
  await using fake = await startFake();
  const { name } = await modelInfo({ hubUrl: fake.url, accessToken: canary, name: "acme/old-name" });
  expect(name).toBe("acme/tiny");
  expect(fake.requests.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, true]);
});

it.each([
  ["an unknown token", "hf_unknown", "acme/tiny", 401],
  ["a gate", stranger, "acme/gated", 403],
  ["a repository that it may not see", stranger, "acme/private", 404],
])("reports the status for %s, with the id of the answer", async (_, accessToken, name, statusCode) => {
  await using fake = await startFake();
  const path = "config.json";
  const error: unknown = await fileDownloadInfo({ hubUrl: fake.url, accessToken, repo: name, path }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubApiError);
  expect(error).toMatchObject({ statusCode, requestId: expect.stringMatching(/^Root=1-/) });
});

it("tells whether a repository is there, and whether it may be read", async () => {
  await using fake = await startFake();
  expect(await repoExists({ hubUrl: fake.url, repo })).toBe(true);
  expect(await repoExists({ hubUrl: fake.url, repo: "acme/private" })).toBe(false);
  const check = (accessToken: string) =>
    checkRepoAccess({ hubUrl: fake.url, accessToken, repo: "acme/private" });
  await check(canary);
  await expect(check(stranger)).rejects.toMatchObject({ statusCode: 404 });
});

it("sends through an auth's fetch, which adds the token to the Hub and not to the CDN", async () => {
  await using fake = await startFake();
  const auth = huggingface({ token: canary, baseUrl: fake.url });
  const given = { hubUrl: auth.baseUrl, fetch: auth.fetch };
  expect((await modelInfo({ ...given, name: "acme/private" })).name).toBe("acme/private");
  const file = await downloadFile({ ...given, repo, path: "model.safetensors" });
  expect(await file?.text()).toBe("0123456789 weights");
  for (const { place, headers } of fake.requests)
    expect([place, headers.authorization !== undefined]).toEqual([place, place === "hub"]);
});
