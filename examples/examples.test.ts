import { type FakePylon, startFakePylon } from "@auth/pylon/testing";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  startLoopbackServer,
} from "@auth/testing";
import { SpanStatusCode } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { describe, expect, it, onTestFinished } from "vitest";

import { issueTitles as withFetch } from "./basic.ts";
import { issueTitles as withVault } from "./custom-source.ts";
import { spansOf, watchAllAuths } from "./events-to-opentelemetry.ts";
import { titlesByAccount } from "./two-accounts.ts";

/** Tokens of these tests. None may show up in anything that a program prints. */
const canary = "canary-pylon-9c2e7a4f1d6b3058";
const otherCanary = "canary-pylon-4a8d0f6c2e9b7153";
const titles = ["Cannot log in", "Invoice is missing"];

async function fakePylon(tokens: readonly string[] = [canary]): Promise<FakePylon> {
  const fake = await startFakePylon({ tokens: Object.fromEntries(tokens.map((token) => [token, {}])) });
  onTestFinished(fake.close);
  return fake;
}

async function serve(
  answer: (request: LoopbackRequest) => LoopbackAnswer = () => ({ body: {} }),
): Promise<LoopbackServer> {
  const server = await startLoopbackServer(answer);
  onTestFinished(() => server.close());
  return server;
}

describe.each([["basic", withFetch]])("%s", (_, issueTitles) => {
  it("sends the token to Pylon", async () => {
    const fake = await fakePylon();
    expect(await issueTitles({ baseUrl: fake.url, token: canary })).toEqual(titles);
    expect(fake.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${canary}`]);
  });

  it("takes no token to another origin", async () => {
    const elsewhere = await serve(() => ({ body: { data: [] } }));
    const fake = await fakePylon();
    fake.script("GET /issues", { status: 302, headers: { location: `${elsewhere.url}/issues` } });
    expect(await issueTitles({ baseUrl: fake.url, token: canary })).toEqual([]);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe("custom-source", () => {
  const lent = (token: string) => ({ body: { token, expiresInMs: 3_600_000 } });

  it("asks the vault once, and once more after a refusal", async () => {
    const fake = await fakePylon();
    const vault = await serve(({ url }) => lent(url.includes("rejected") ? canary : otherCanary));
    expect(await withVault(vault.url, { baseUrl: fake.url })).toEqual(titles);
    expect(vault.requests.map(({ url }) => url)).toEqual(["/pylon?reason=initial", "/pylon?reason=rejected"]);
  });

  it("goes on where the vault has nothing, and stops where it is broken", async () => {
    const fake = await fakePylon();
    const options = { baseUrl: fake.url, env: { PYLON_API_TOKEN: canary } };
    expect(await withVault((await serve(() => ({ status: 404 }))).url, options)).toEqual(titles);
    await expect(withVault((await serve(() => ({ status: 503 }))).url, options)).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
    });
  });
});

it("two-accounts: each request carries the token of its own account", async () => {
  const fake = await startFakePylon({
    tokens: { [canary]: { organization: { id: "1", name: "Support" } }, [otherCanary]: {} },
  });
  onTestFinished(fake.close);
  const env = { PYLON_SUPPORT_TOKEN: canary, PYLON_PARTNERS_TOKEN: otherCanary };
  expect(Object.values(await titlesByAccount({ baseUrl: fake.url, env }))).toEqual([titles, titles]);
  const sent = fake.requests.map(({ path, headers }) => `${path} ${headers.authorization}`);
  expect(sent.toSorted()).toEqual(
    ["/issues", "/me"].flatMap((path) => [otherCanary, canary].map((token) => `${path} Bearer ${token}`)),
  );
});

describe("events-to-opentelemetry", () => {
  function traced() {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    return { tracer: provider.getTracer("auth"), spans: () => exporter.getFinishedSpans() };
  }
  const names = (spans: readonly ReadableSpan[]) => spans.map(({ name }) => name.replace("auth ", ""));
  const used = ["source.tried", "token.loaded", "header.attached"];

  it("makes spans of what one auth does, with no token in them", async () => {
    const fake = await fakePylon();
    const { tracer, spans } = traced();
    await withFetch({ baseUrl: fake.url, token: canary, onEvent: spansOf(tracer) });
    expect(names(spans())).toEqual(used);
    expect(spans().map(({ attributes }) => attributes["auth.source"])).toEqual(Array(3).fill("option token"));
    expect(spans()[0]?.attributes).toEqual({
      "auth.provider": "pylon",
      "auth.source": "option token",
      "auth.outcome": "used",
    });
    expect(written(spans())).not.toContain(canary);
  });

  it("marks failures", async () => {
    const fake = await fakePylon([]);
    const { tracer, spans } = traced();
    const { pylon } = await import("@auth/pylon");
    const auth = pylon({ baseUrl: fake.url, token: canary, onEvent: spansOf(tracer) });
    await auth.verify().catch(() => undefined);
    const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ attributes }) => attributes["auth.outcome"])).toEqual(["AUTH_TOKEN_REJECTED"]);
    expect(written(spans())).not.toContain(canary);
  });

  it("makes spans of what all auths of the process do, until it is ended", async () => {
    const fake = await fakePylon();
    const { tracer, spans } = traced();
    const end = watchAllAuths(tracer);
    await withFetch({ baseUrl: fake.url, token: canary });
    await withFetch({ baseUrl: fake.url, token: canary });
    end();
    await withFetch({ baseUrl: fake.url, token: canary });
    expect(names(spans())).toEqual([...used, ...used]);
    expect(written(spans())).not.toContain(canary);
  });

  /** Everything that an exporter would send. */
  function written(spans: readonly ReadableSpan[]): string {
    return JSON.stringify(
      spans.map(({ name, attributes, events, status, startTime, endTime }) => [
        name,
        attributes,
        events,
        status,
        startTime,
        endTime,
      ]),
    );
  }
});
