// What the platform's fetch does with a request, `auth.fetch` does too, but for one header. Each case is run through
// both, against the same server, and the outcomes are compared.
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing";
import { expect, it } from "vitest";

import { acmeAt, serve } from "../fixtures/acme.ts";
import { bearer, header } from "../index.ts";

type Run = (fetch: typeof globalThis.fetch, url: string) => Promise<unknown>;

const answers: Record<string, LoopbackAnswer> = {
  "/to": { status: 302, headers: { location: "/arrived?x=1" } },
  "/to-307": { status: 307, headers: { location: "/arrived" } },
  "/loop": { status: 302, headers: { location: "/loop" } },
  "/nowhere": { status: 302, headers: { location: "http://" } },
  "/no-content": { status: 204 },
  "/not-modified": { status: 304 },
  "/gone": { status: 410, body: "gone" },
  "/broken": { body: "half", truncateAt: 2 },
  "/dropped": { drop: true },
  "/slow": { delayMs: 60_000 },
  "/cookies": { headers: { "set-cookie": ["a=1", "b=2"] }, body: "x" },
};

function echo(request: LoopbackRequest): LoopbackAnswer {
  const { method, url, body } = request;
  const { "x-key": _, authorization: __, host: ___, connection, ...headers } = request.headers;
  const multipart = /boundary=(\S+)/.exec(headers["content-type"] ?? "")?.[1] ?? "none";
  const seen = JSON.stringify({ method, url, headers, body, connection }).replaceAll(multipart, "boundary");
  return (
    answers[request.path] ?? { status: 200, headers: { "content-type": "application/json" }, body: seen }
  );
}

async function outcome(run: Promise<unknown>): Promise<unknown> {
  try {
    const value = await run;
    if (!(value instanceof Response)) return value;
    const { status, statusText, ok, redirected, type, url } = value;
    const { date: _, ...headers } = Object.fromEntries(value.headers);
    const body = await value.text().catch((error: Error) => `${error.name}: ${error.message}`);
    return {
      status,
      statusText,
      ok,
      redirected,
      type,
      path: new URL(url).href.replace(/:\d+/, ""),
      headers,
      body,
    };
  } catch (error) {
    // The platform words the cause of a failed redirect in its own way.
    return error instanceof Error ? { name: error.name, message: error.message } : { thrown: error };
  }
}

const post = (body: unknown, more: object = {}): RequestInit =>
  ({ method: "POST", body, ...more }) as RequestInit;
const bytes = new TextEncoder().encode("bytes");
const reason = new Error("no longer needed");

const cases: Record<string, Run> = {
  "a plain GET": (fetch, url) => fetch(url),
  "a URL object": (fetch, url) => fetch(new URL("/x?y=1#z", url)),
  "a URL with characters outside ASCII": (fetch, url) => fetch(`${url}/weiß/日本?q=ü&r=%20 x#é`),
  "a URL with dots and a backslash": (fetch, url) => fetch(`${url}/a/./b/../c\\d`),
  "a Request": (fetch, url) => fetch(new Request(`${url}/x`, { headers: { "x-a": "1" } })),
  "a Request with a body": (fetch, url) => fetch(new Request(url, post("text"))),
  "a Request whose body is replaced": (fetch, url) => fetch(new Request(url, post("text")), post("other")),
  "a Request whose headers are replaced": (fetch, url) =>
    fetch(new Request(url, { headers: { "x-a": "1" } }), { headers: { "x-b": "2" } }),
  "a Request that has been used": async (fetch, url) => {
    const request = new Request(url, post("text"));
    await fetch(request);
    return [request.bodyUsed, await outcome(fetch(request))];
  },
  "a Request that a client keeps": async (fetch, url) => {
    const request = new Request(url, { headers: { "x-a": "1" } });
    await fetch(request);
    return [[...request.headers], request.url === `${url}/`, request.bodyUsed];
  },
  "a text": (fetch, url) => fetch(url, post("text")),
  "an empty text": (fetch, url) => fetch(url, post("")),
  "a typed array": (fetch, url) => fetch(url, post(bytes)),
  "an ArrayBuffer": (fetch, url) => fetch(url, post(bytes.buffer)),
  "a Blob with a type": (fetch, url) => fetch(url, post(new Blob(["blob"], { type: "text/x" }))),
  URLSearchParams: (fetch, url) => fetch(url, post(new URLSearchParams({ a: "1 2", b: "ü" }))),
  FormData: (fetch, url) => {
    const form = new FormData();
    form.set("field", "value");
    form.set("file", new Blob(["content"], { type: "text/plain" }), "name.txt");
    return fetch(url, post(form));
  },
  "a stream": (fetch, url) => fetch(url, post(new Blob(["streamed"]).stream(), { duplex: "half" })),
  "a stream without duplex": (fetch, url) => fetch(url, post(new Blob(["streamed"]).stream())),
  "an asynchronous iterable": (fetch, url) =>
    fetch(
      url,
      post(
        (async function* () {
          yield bytes;
        })(),
        { duplex: "half" },
      ),
    ),
  "a stream that fails": (fetch, url) =>
    fetch(
      url,
      post(new ReadableStream({ pull: (controller) => controller.error(reason) }), { duplex: "half" }),
    ),
  "a method in lower case": (fetch, url) => fetch(url, { method: "put", body: "x" }),
  "a method of its own": (fetch, url) => fetch(url, { method: "PURGE" }),
  "a method that is forbidden": (fetch, url) => fetch(url, { method: "TRACE" }),
  "a body with GET": (fetch, url) => fetch(url, { ...post("x"), method: "GET" }),
  "a header name that is none": (fetch, url) => fetch(url, { headers: { "x y": "1" } }),
  "a header list that is none": (fetch, url) => fetch(url, { headers: [["x-a"]] as never }),
  keepalive: (fetch, url) => fetch(url, { keepalive: true }),
  "integrity that does not match": (fetch, url) => fetch(url, { integrity: "sha256-AAAA" }),
  "a redirect": (fetch, url) => fetch(`${url}/to`),
  "a redirect of a POST": (fetch, url) => fetch(`${url}/to`, post("text")),
  "a redirect that keeps the method": (fetch, url) => fetch(`${url}/to-307`, post("text")),
  "a redirect that keeps the form": (fetch, url) =>
    fetch(`${url}/to-307`, post(new URLSearchParams({ a: "1" }))),
  "a redirect of a stream": (fetch, url) =>
    fetch(`${url}/to-307`, post(new Blob(["streamed"]).stream(), { duplex: "half" })),
  "a redirect without end": (fetch, url) => fetch(`${url}/loop`),
  "a redirect to nowhere": (fetch, url) => fetch(`${url}/nowhere`),
  "a redirect that is refused": (fetch, url) => fetch(`${url}/to`, { redirect: "error" }),
  "a redirect that is looked at": (fetch, url) => fetch(`${url}/to`, { redirect: "manual" }),
  "a redirect that a Request wants to look at": (fetch, url) =>
    fetch(new Request(`${url}/to`, { redirect: "manual" })),
  "no content": (fetch, url) => fetch(`${url}/no-content`),
  "not modified": (fetch, url) => fetch(`${url}/not-modified`),
  "an error status": (fetch, url) => fetch(`${url}/gone`),
  "several cookies": async (fetch, url) => (await fetch(`${url}/cookies`)).headers.getSetCookie(),
  "a body that breaks off": (fetch, url) => fetch(`${url}/broken`),
  "no answer": (fetch, url) => fetch(`${url}/dropped`),
  "an abort before": (fetch, url) => fetch(url, { signal: AbortSignal.abort(reason) }),
  "an abort without a reason": (fetch, url) => fetch(url, { signal: AbortSignal.abort() }),
  "an abort of a Request": (fetch, url) => fetch(new Request(url, { signal: AbortSignal.abort(reason) })),
  "an abort during": async (fetch, url) => {
    const controller = new AbortController();
    const pending = fetch(`${url}/slow`, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    return pending;
  },
  "a time limit": (fetch, url) => fetch(`${url}/slow`, { signal: AbortSignal.timeout(5) }),
  "an abort after": async (fetch, url) => {
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    controller.abort(reason);
    return response;
  },
  "a clone of the response": async (fetch, url) => {
    const response = await fetch(url);
    const [one, two] = [response.clone(), response];
    return (await one.text()) === (await two.text());
  },
  "a response that is read as a stream": async (fetch, url) => {
    const { body } = await fetch(`${url}/gone`);
    const chunks: string[] = [];
    for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk).toString());
    return chunks.join("");
  },
  "a URL that is none": (fetch) => fetch("http://"),
  "a URL of another scheme": (fetch) => fetch("data:text/plain,hello"),
};

for (const [name, inject] of [
  ["authorization, where the platform follows redirects", bearer()],
  ["a header of its own, where auth.fetch does", header("x-key")],
] as const) {
  it.each(Object.entries(cases))(`is the platform's with ${name}: %s`, async (_, run) => {
    const server = await serve(echo);
    const auth = acmeAt(server.url, { inject })({ token: "not-a-secret" });
    expect(await outcome(run(auth.fetch, server.url))).toEqual(await outcome(run(fetch, server.url)));
  });
}
