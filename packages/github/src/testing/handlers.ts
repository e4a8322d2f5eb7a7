import { randomBytes } from "node:crypto";

import { ownField } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { FakeInstallation, KnownApp } from "./app-table.ts";
import type { GitHubOperation, Route } from "./operations.ts";
import type { GitHubProblemName } from "./problems.ts";
import type { Budget } from "./rate-window.ts";
import { type KnownToken, knownToken, type TokenTable } from "./token-table.ts";

/** A repository of the fake. */
export interface FakeRepository {
  readonly id: number;
  /** `acme/widgets` */
  readonly full_name: string;
  readonly private?: boolean;
}

/** A request that has come past credentials, version, limits and permission. */
export interface AcceptedRequest {
  readonly request: LoopbackRequest;
  readonly route: Route;
  /** Absent for a request without one, and for an app's. */
  readonly token: KnownToken | undefined;
  /** The app that a JWT speaks for. */
  readonly app: KnownApp | undefined;
  /** Of the request's token, or of its address. */
  readonly budget: Budget | undefined;
  readonly repositories: readonly FakeRepository[];
  readonly tokens: TokenTable;
  readonly now: () => number;
  /** Where archives are. */
  readonly downloadsUrl: string;
  /** The form of new installation tokens. */
  readonly statelessTokens: boolean;
}

/** A success, or the name of a refusal. */
export type Handled = LoopbackAnswer | GitHubProblemName;

export const handlers: Readonly<Record<GitHubOperation, (accepted: AcceptedRequest) => Handled>> = {
  "GET /": () => ({ body: { current_user_url: "https://api.github.com/user" } }),
  "GET /user": ({ token }) => ({
    headers: { "cache-control": "private, max-age=60, s-maxage=60" },
    body: { ...userOf(token), name: token?.user.name ?? null, email: null, user_view_type: "private" },
  }),
  "GET /user/repos": ({ request, repositories }) => page(request, repositories.map(repository)),
  "GET /rate_limit": ({ budget }) => {
    const core = {
      limit: budget?.limit,
      used: budget?.used,
      remaining: budget?.remaining,
      reset: Math.ceil((budget?.resetAt ?? 0) / 1000),
    };
    return { body: { resources: { core }, rate: core } };
  },
  "GET /installation/repositories": ({ token, repositories }) =>
    token?.kind === "installation"
      ? { body: { total_count: repositories.length, repositories: repositories.map(repository) } }
      : "integration",
  "DELETE /installation/token": ({ token, tokens }) => {
    if (token?.kind !== "installation") return "integration";
    for (const [text, known] of tokens) if (known === token) tokens.delete(text);
    return { status: 204 };
  },
  "GET /app": ({ app }) => ({
    body: {
      id: app?.id,
      slug: app?.slug,
      client_id: app?.clientId,
      name: app?.slug,
      node_id: "A_fake",
      owner: { id: 1, login: "acme", type: "Organization" },
      permissions: { issues: "write", metadata: "read" },
      events: [],
      installations_count: app?.installations.length,
    },
  }),
  "GET /app/installations": ({ request, app }) =>
    page(
      request,
      (app?.installations ?? []).map((one) => installation(app, one)),
    ),
  "GET /app/installations/{id}": ({ app, route }) =>
    found(
      app,
      app?.installations.find(({ id }) => String(id) === route.parts["id"]),
    ),
  "GET /orgs/{account}/installation": ({ app, route }) => onAccount(app, route.parts["account"]),
  "GET /users/{account}/installation": ({ app, route }) => onAccount(app, route.parts["account"]),
  "GET /repos/{owner}/{repo}/installation": ({ app, route }) => onAccount(app, route.parts["owner"]),
  "POST /app/installations/{id}/access_tokens": accessToken,
  "GET /repos/{owner}/{repo}": ({ route, repositories }) => {
    const one = repositoryOf(route, repositories);
    return one === undefined ? "not_found" : { body: repository(one) };
  },
  "GET /repos/{owner}/{repo}/issues": ({ request, route, repositories }) =>
    repositoryOf(route, repositories) === undefined
      ? "not_found"
      : page(request, [
          { id: 1, number: 1, title: "Cannot log in", state: "open" },
          { id: 2, number: 2, title: "Widget is missing", state: "open" },
        ]),
  "POST /repos/{owner}/{repo}/issues": ({ request, route, repositories }) => {
    if (repositoryOf(route, repositories) === undefined) return "not_found";
    const title = ownField(parsed(request.body), "title");
    if (typeof title !== "string" || title === "") return "unprocessable";
    return { status: 201, body: { id: 3, number: 3, title, state: "open" } };
  },
  "GET /repos/{owner}/{repo}/tarball/{ref}": ({ route, repositories, downloadsUrl }) =>
    repositoryOf(route, repositories) === undefined
      ? "not_found"
      : {
          status: 302,
          headers: { location: `${downloadsUrl}/archive/${randomBytes(8).toString("hex")}.tar.gz` },
        },
  "POST /credentials/revoke": ({ request, tokens, token, app }) => {
    // A request that is itself authenticated is refused.
    if (token !== undefined || app !== undefined) return "integration";
    const credentials = ownField(parsed(request.body), "credentials");
    if (!Array.isArray(credentials)) return "unprocessable";
    for (const text of credentials) if (!String(text).startsWith("ghs_")) tokens.delete(String(text));
    return { status: 202, body: {} };
  },
  "POST /graphql": ({ request, token }) => {
    const query = ownField(parsed(request.body), "query");
    const [, asked] = /\bviewer\s*\{([\w\s]*)\}/.exec(typeof query === "string" ? query : "") ?? [];
    if (asked === undefined)
      return {
        body: {
          errors: [{ type: "undefinedField", message: "The fake knows the viewer and nothing else." }],
        },
      };
    const { id, login, name = null } = token?.user ?? {};
    const known = { login, name, databaseId: id, id: `U_${id}` };
    // What nobody asked for is not told: `gh` takes it for an error.
    const viewer = Object.entries(known).filter(([member]) => asked.split(/\s+/).includes(member));
    return { body: { data: { viewer: Object.fromEntries(viewer) } } };
  },
};

function accessToken({ request, route, app, tokens, now, statelessTokens }: AcceptedRequest): Handled {
  const one = app?.installations.find(({ id }) => String(id) === route.parts["id"]);
  if (app === undefined || one === undefined) return "not_found";
  if (one.suspended === true) return "installation_suspended";
  const asked = request.body === "" ? {} : parsed(request.body);
  const granted = one.permissions ?? { issues: "write", metadata: "read" };
  const permissions = (ownField(asked, "permissions") ?? granted) as Readonly<Record<string, string>>;
  if (Object.keys(permissions).some((name) => !Object.hasOwn(granted, name))) return "unprocessable";
  const form = request.headers["x-github-stateless-s2s-token"];
  const stateless = form === "enabled" || (form !== "disabled" && statelessTokens && !route.enterprise);
  const text = installationToken(app.id, stateless);
  const expiresAt = now() + 3_600_000;
  const user = { id: app.id + 49_000_000, login: `${app.slug}[bot]` };
  tokens.set(text, { ...knownToken(text, { user, expiresAt }), appId: app.id });
  const isSelected = ownField(asked, "repositories") ?? ownField(asked, "repository_ids");
  return {
    status: 201,
    body: {
      token: text,
      expires_at: new Date(expiresAt).toISOString().replace(/\.\d+/, ""),
      permissions,
      repository_selection: isSelected === undefined ? "all" : "selected",
    },
  };
}

/** Since April 2026 it is the app's number and a JWT, about 520 characters in all; before, 40 characters. */
function installationToken(appId: number, stateless: boolean): string {
  const part = (bytes: number): string => randomBytes(bytes).toString("base64url");
  return stateless
    ? `ghs_${appId}_eyJ${part(24)}.${part(180)}.${part(172)}`
    : `ghs_${randomBytes(27).toString("base64").replaceAll(/\W/g, "A").slice(0, 36)}`;
}

function userOf(token: KnownToken | undefined): object {
  const { id, login } = token?.user ?? {};
  return { login, id, node_id: `U_${id}`, type: login?.endsWith("[bot]") === true ? "Bot" : "User" };
}

function repository({ id, full_name, private: hidden = true }: FakeRepository): object {
  const [owner = "", name = ""] = full_name.split("/");
  return { id, name, full_name, private: hidden, owner: { id: 1, login: owner, type: "Organization" } };
}

function repositoryOf({ parts }: Route, repositories: readonly FakeRepository[]): FakeRepository | undefined {
  return repositories.find(({ full_name }) => full_name === `${parts["owner"]}/${parts["repo"]}`);
}

function installation(app: KnownApp | undefined, one: FakeInstallation): object {
  const { id, account, permissions = { issues: "write", metadata: "read" }, suspended } = one;
  return {
    id,
    app_id: app?.id,
    app_slug: app?.slug,
    account: { id: 1, login: account, type: "Organization" },
    permissions,
    repository_selection: "all",
    suspended_at: suspended === true ? "2026-01-01T00:00:00Z" : null,
  };
}

function onAccount(app: KnownApp | undefined, account: string | undefined): Handled {
  return found(
    app,
    app?.installations.find((one) => one.account === account),
  );
}

function found(app: KnownApp | undefined, one: FakeInstallation | undefined): Handled {
  return one === undefined ? "not_found" : { body: installation(app, one) };
}

/** One page, with the links that lead to the others. */
function page(request: LoopbackRequest, items: readonly object[]): LoopbackAnswer {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const size = Math.min(Number(url.searchParams.get("per_page")) || 30, 100);
  const number = Number(url.searchParams.get("page")) || 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, "next"), link(last, "last")] : [];
  return {
    ...(links.length > 0 && { headers: { link: links.join(", ") } }),
    body: items.slice((number - 1) * size, number * size),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
