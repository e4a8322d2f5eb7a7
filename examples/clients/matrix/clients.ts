/** How a client takes an auth: its `fetch`, headers for each request, or a token. */
type Takes = "fetch" | "headers" | "token";

export interface ClientRow {
  /** Name of its file, and of its row. */
  readonly id: string;
  /** The package on npm whose version is shown. */
  readonly from: string;
  readonly title: string;
  readonly takes: Takes;
  /** Whether it sends a body of the caller's choice. */
  readonly body?: false;
  /** A redirect is an answer to it, and is not followed: by the client itself, or by the lines to copy. */
  readonly follows?: false;
  /** It follows redirects itself, so that each hop is a request of its own to the auth. */
  readonly eachHop?: true;
  /** It puts a body into a Request, which can be sent once. */
  readonly bodyOnce?: true;
  /** What a reader has to know besides. */
  readonly mind?: string;
}

/** Every client that is run, in the order of the page. */
export const clients: readonly ClientRow[] = [
  { id: "fetch", from: "node", title: "fetch", takes: "fetch" },
  {
    id: "undici",
    from: "undici",
    title: "undici",
    takes: "fetch",
    eachHop: true,
    mind: "By an interceptor, in either order with its redirects.",
  },
  { id: "ky", from: "ky", title: "ky", takes: "fetch", bodyOnce: true },
  { id: "ofetch", from: "ofetch", title: "ofetch", takes: "fetch" },
  { id: "wretch", from: "wretch", title: "wretch", takes: "fetch" },
  { id: "axios", from: "axios", title: "axios, adapter fetch", takes: "fetch", bodyOnce: true },
  {
    id: "axios-http",
    from: "axios",
    title: "axios, adapter http",
    takes: "headers",
    mind: "Where the adapter for fetch will not do.",
  },
  { id: "got", from: "got", title: "got", takes: "headers" },
  {
    id: "node-fetch",
    from: "node-fetch",
    title: "node-fetch",
    takes: "fetch",
    mind: "Given to the auth, as the option `fetch`.",
  },
  { id: "needle", from: "needle", title: "needle", takes: "headers", follows: false },
  { id: "superagent", from: "superagent", title: "superagent", takes: "headers", follows: false },
  { id: "supertest", from: "supertest", title: "supertest", takes: "headers", follows: false },
  { id: "openapi-fetch", from: "openapi-fetch", title: "openapi-fetch", takes: "fetch", bodyOnce: true },
  { id: "hey-api", from: "@hey-api/openapi-ts", title: "hey-api, generated", takes: "fetch", bodyOnce: true },
  {
    id: "orval",
    from: "orval",
    title: "orval, generated",
    takes: "fetch",
    mind: "By a function that it calls for each request.",
  },
  { id: "kiota", from: "@microsoft/kiota-http-fetchlibrary", title: "kiota", takes: "fetch", eachHop: true },
  { id: "graphql-request", from: "graphql-request", title: "graphql-request", takes: "fetch", body: false },
  { id: "urql", from: "@urql/core", title: "urql", takes: "fetch", body: false },
  { id: "apollo", from: "@apollo/client", title: "Apollo Client", takes: "fetch", body: false },
  { id: "trpc", from: "@trpc/client", title: "tRPC", takes: "fetch", body: false },
  { id: "mcp", from: "@modelcontextprotocol/client", title: "MCP SDK", takes: "fetch", body: false },
  {
    id: "ai-sdk-mcp",
    from: "@ai-sdk/mcp",
    title: "AI SDK, MCP",
    takes: "fetch",
    body: false,
    follows: false,
  },
  { id: "ai-sdk", from: "ai", title: "AI SDK", takes: "fetch", body: false },
  { id: "openai", from: "openai", title: "OpenAI", takes: "fetch" },
  { id: "anthropic", from: "@anthropic-ai/sdk", title: "Anthropic", takes: "fetch" },
  { id: "octokit", from: "@octokit/request", title: "Octokit", takes: "fetch" },
  { id: "eventsource", from: "eventsource", title: "eventsource", takes: "fetch", body: false },
  { id: "ws", from: "ws", title: "ws", takes: "headers", body: false, follows: false },
  {
    id: "connect",
    from: "@connectrpc/connect",
    title: "connect-es",
    takes: "fetch",
    body: false,
    follows: false,
  },
  { id: "hono", from: "hono", title: "hono client", takes: "fetch" },
  {
    id: "playwright",
    from: "playwright-core",
    title: "Playwright, API requests",
    takes: "headers",
    follows: false,
  },
  { id: "fern", from: "cohere-ai", title: "SDKs by Fern (Cohere)", takes: "fetch", body: false },
  {
    id: "speakeasy",
    from: "@mistralai/mistralai",
    title: "SDKs by Speakeasy (Mistral)",
    takes: "fetch",
    body: false,
  },
];
