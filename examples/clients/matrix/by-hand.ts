// The same clients with a header set by hand, as their documents say: what a client does by itself is what stands beside the
// rows of docs/clients.md. Not for copying.
import Anthropic from "@anthropic-ai/sdk";
import { createMCPClient } from "@ai-sdk/mcp";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { createClient as createConnectClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import {
  AnonymousAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from "@microsoft/kiota-abstractions";
import { FetchRequestAdapter, KiotaClientFactory } from "@microsoft/kiota-http-fetchlibrary";
import { HTTPClient, Mistral } from "@mistralai/mistralai";
import { Client as McpClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { request as octokitRequest } from "@octokit/request";
import { createTRPCClient, httpLink } from "@trpc/client";
import { Client as UrqlClient, fetchExchange, gql as urqlGql } from "@urql/core";
import { generateText } from "ai";
import axios from "axios";
import { CohereClient } from "cohere-ai";
import { EventSource } from "eventsource";
import got from "got";
import { GraphQLClient } from "graphql-request";
import { hc } from "hono/client";
import ky from "ky";
import needle from "needle";
import nodeFetch from "node-fetch";
import { ofetch } from "ofetch";
import OpenAI from "openai";
import createClient from "openapi-fetch";
import { request as playwrightRequest } from "playwright-core";
import superagent from "superagent";
import supertest from "supertest";
import { Agent, interceptors, request as undiciRequest } from "undici";
import WebSocket from "ws";
import wretch from "wretch";

import { createClient as createHeyApiClient } from "../generated/hey-api/client/index.ts";
import { thingService } from "./connect-service.ts";

type Headers = Readonly<Record<string, string>>;

/** Sends one request by a client that has the header. Where it fails, the servers' record tells all the same. */
export const byHand: Readonly<Record<string, (headers: Headers, url: string) => Promise<unknown>>> = {
  fetch: (headers, url) => fetch(url, { headers }),
  undici: async (headers, url) => {
    const dispatcher = new Agent().compose(interceptors.redirect({ maxRedirections: 5 }));
    const { body } = await undiciRequest(url, { dispatcher, headers });
    await body.dump();
    await dispatcher.close();
  },
  ky: (headers, url) => ky.create({ headers })(url, { retry: 0 }),
  ofetch: (headers, url) => ofetch(url, { headers, retry: false }),
  wretch: (headers, url) => wretch(url).headers(headers).get().res(),
  axios: (headers, url) => axios.create({ adapter: "fetch", headers }).get(url),
  "axios-http": (headers, url) => axios.create({ adapter: "http", headers }).get(url),
  got: (headers, url) => got.extend({ headers, retry: { limit: 0 } })(url),
  "node-fetch": (headers, url) => nodeFetch(url, { headers }),
  needle: (headers, url) => needle("get", url, { headers, follow_max: 5 }),
  superagent: async (headers, url) => superagent.get(url).set(headers),
  supertest: async (headers, url) => {
    const { origin, pathname } = new URL(url);
    await supertest(origin).get(pathname).set(headers).redirects(5);
  },
  "openapi-fetch": (headers, url) => {
    const client = createClient<Record<string, { get: { responses: object } }>>({
      baseUrl: new URL(url).origin,
      headers,
    });
    return client.GET(new URL(url).pathname as never);
  },
  "hey-api": (headers, url) => createHeyApiClient({ baseUrl: url, headers }).get({ url: "/things" }),
  // What orval makes calls the platform's fetch, unless it is told of a function.
  orval: (headers, url) => fetch(url, { headers }),
  kiota: (headers, url) => {
    const request = new RequestInformation(HttpMethod.GET);
    request.URL = url;
    for (const [name, value] of Object.entries(headers)) request.headers.add(name, value);
    const client = KiotaClientFactory.create();
    return new FetchRequestAdapter(
      new AnonymousAuthenticationProvider(),
      undefined,
      undefined,
      client,
    ).sendNoResponseContent(request, undefined);
  },
  "graphql-request": (headers, url) => new GraphQLClient(url, { headers }).request("{ ok }"),
  urql: (headers, url) =>
    new UrqlClient({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers } })
      .query(urqlGql("{ ok }"), {})
      .toPromise(),
  apollo: (headers, uri) =>
    new ApolloClient({ link: new HttpLink({ uri, headers }), cache: new InMemoryCache() }).query({
      query: gql("{ ok }"),
    }),
  trpc: (headers, url) => {
    const links = [httpLink({ url, headers })];
    return (
      createTRPCClient({ links } as never) as unknown as { ok: { mutate(): Promise<unknown> } }
    ).ok.mutate();
  },
  mcp: (headers, url) =>
    new McpClient({ name: "by-hand", version: "1.0.0" }).connect(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
    ),
  "ai-sdk-mcp": (headers, url) => createMCPClient({ transport: { type: "http", url, headers } }),
  "ai-sdk": (headers, baseURL) =>
    generateText({
      model: createOpenAICompatible({ name: "service", baseURL, headers })("m"),
      prompt: "Hello",
      maxRetries: 0,
    }),
  openai: (headers, baseURL) =>
    new OpenAI({ baseURL, apiKey: "unused", defaultHeaders: { authorization: null, ...headers } }).get(
      "/things",
      { maxRetries: 0 },
    ),
  anthropic: (headers, baseURL) =>
    new Anthropic({ baseURL, apiKey: "unused", defaultHeaders: { "x-api-key": null, ...headers } }).get(
      "/things",
      { maxRetries: 0 },
    ),
  octokit: (headers, url) => octokitRequest(url, { headers }),
  eventsource: (headers, url) => {
    const source = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
    });
    return new Promise<void>((resolve) => {
      for (const event of ["open", "error"] as const)
        source.addEventListener(event, () => {
          source.close();
          resolve();
        });
    });
  },
  ws: (headers, url) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"), { headers, followRedirects: true });
    return new Promise<void>((resolve) => {
      for (const event of ["open", "error", "unexpected-response"] as const)
        socket.once(event, () => resolve());
    }).finally(() => socket.terminate());
  },
  connect: (headers, baseUrl) =>
    createConnectClient(thingService, createConnectTransport({ baseUrl })).get({}, { headers }),
  hono: (headers, url) => (hc(url, { headers }) as unknown as Record<"$get", () => Promise<unknown>>).$get(),
  playwright: async (headers, url) => {
    const api = await playwrightRequest.newContext({ extraHTTPHeaders: headers });
    await api.get(url).finally(() => api.dispose());
  },
  fern: (headers, environment) =>
    new CohereClient({ environment, token: "unused", headers }).models.list({}, { maxRetries: 0 }),
  speakeasy: (headers, serverURL) => {
    const httpClient = new HTTPClient();
    httpClient.addHook("beforeRequest", (request) => {
      const next = new Request(request);
      for (const [name, value] of Object.entries(headers)) next.headers.set(name, value);
      return next;
    });
    return new Mistral({ serverURL, httpClient }).models.list({}, { retries: { strategy: "none" } });
  },
};
