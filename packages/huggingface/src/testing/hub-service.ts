import { createHash } from "node:crypto";

import { ownField, ownText } from "@auth/core";
import {
  type AnswerScript,
  answerAsScripted,
  type LoopbackAnswer,
  type LoopbackRequest,
  type ScriptedLoopbackAnswer,
} from "@auth/testing/loopback";

import { withRange } from "./cdn.ts";
import {
  gatedDenied,
  gatedUnknown,
  hubAnswer,
  type HubProblem,
  problemAnswer,
  problems,
} from "./envelope.ts";
import { committedFiles } from "./hub-oauth.ts";
import type { RateBucket, RateState } from "./rate-window.ts";
import { commitId, completeRepo, describeRepo, type KnownRepo, type RepoTable, sees } from "./repository.ts";
import { type KnownToken, type TokenTable, whoIs } from "./token-table.ts";

export interface HubServiceOptions {
  readonly tokens: TokenTable;
  readonly repos: RepoTable;
  readonly script: AnswerScript<ScriptedLoopbackAnswer>;
  readonly oauth: (request: LoopbackRequest) => LoopbackAnswer;
  readonly count: (who: string, bucket: RateBucket) => RateState;
  /** Requests to whoami that are answered in a window, which have a limit of their own. */
  readonly whoamiLimit: number;
  /** What the CDN has, by path. */
  readonly cdnTexts: Map<string, string>;
  readonly cdnUrl: () => string;
  readonly xetUrl: () => string;
  readonly now: () => number;
}

/** A request with who sent it, as far as the Hub can tell. */
interface Asked {
  readonly request: LoopbackRequest;
  /** The token that was sent; `undefined` where there was none. */
  readonly sent: string | undefined;
  readonly token: KnownToken | undefined;
}

type Answer = LoopbackAnswer | { readonly problem: HubProblem };

const plural = { model: "models", dataset: "datasets", space: "spaces" } as const;

/** Redirects a renamed repository first, then looks at the token, then at the limit, and then at the repository. */
export function createHubService(options: HubServiceOptions): (request: LoopbackRequest) => LoopbackAnswer {
  const { tokens, repos, script, oauth, count, cdnTexts, cdnUrl, xetUrl, now } = options;
  let whoamiCalls = 0;

  function asked(request: LoopbackRequest): Asked {
    const header = request.headers.authorization;
    const [, sent] = /^Bearer (\S+)$/.exec(header ?? "") ?? [];
    const token = tokens.get(sent ?? "");
    const isOver = token?.expiresAt !== undefined && token.expiresAt <= now();
    // Whatever stands in the header counts as a token that was sent.
    return {
      request,
      sent: header === undefined ? undefined : (sent ?? ""),
      token: isOver ? undefined : token,
    };
  }

  /** The repository as the sender may see it. */
  function open(name: string, { sent, token }: Asked): KnownRepo | { readonly problem: HubProblem } {
    const repo = repos.get(name);
    const isHidden = repo === undefined || (repo.private && !sees(token, repo));
    if (isHidden) return { problem: sent === undefined ? problems.anonymous : problems.repoNotFound };
    return repo;
  }

  function gate(repo: KnownRepo, { token }: Asked): HubProblem | undefined {
    if (!repo.gated || token?.granted.includes(repo.name) === true || sees(token, repo)) return undefined;
    return token === undefined ? gatedUnknown(repo.name) : gatedDenied(repo.name);
  }

  function whoami({ token, sent }: Asked): Answer {
    if (token === undefined)
      return { problem: sent === undefined ? problems.anonymous : problems.unknownToken };
    whoamiCalls += 1;
    return whoamiCalls > options.whoamiLimit ? { problem: problems.tooMany } : { body: whoIs(token) };
  }

  function list(type: KnownRepo["type"], { token, request }: Asked): Answer {
    const { searchParams } = new URL(request.url, "http://localhost");
    const author = searchParams.get("author");
    const visible = [...repos.values()].filter(
      (repo) =>
        repo.type === type &&
        repo.renamedTo === undefined &&
        (!repo.private || sees(token, repo)) &&
        (author === null || repo.name.startsWith(`${author}/`)),
    );
    return { body: visible.slice(0, Number(searchParams.get("limit")) || 1_000).map(describeRepo) };
  }

  function ofRepo(repo: KnownRepo, rest: string, who: Asked): Answer {
    const { method } = who.request;
    if (method === "GET" && (rest === "" || /^revision\/[^/]+$/.test(rest)))
      return { body: describeRepo(repo) };
    if (method === "GET" && /^tree\/[^/]+$/.test(rest)) return { body: treeOf(repo) };
    const gated = gate(repo, who);
    if (gated !== undefined) return { problem: gated };
    if (rest === "auth-check") return { body: {} };
    const mayWrite = sees(who.token, repo) && who.token?.role !== "read";
    if (!mayWrite) return { problem: who.token === undefined ? problems.anonymous : problems.notAllowed };
    if (rest === "auth-check/write") return { body: {} };
    if (/^xet-(?:read|write)-token\/[^/]+$/.test(rest))
      return {
        body: {
          accessToken: "xet-not-a-secret",
          exp: Math.floor(now() / 1000) + 3600,
          casUrl: xetUrl(),
        },
      };
    if (method === "POST" && /^preupload\/[^/]+$/.test(rest)) return preupload(who.request);
    if (method === "POST" && /^commit\/[^/]+$/.test(rest)) {
      for (const { path, text } of committedFiles(who.request.body)) repo.files.set(path, text);
      const url = `https://huggingface.co/${repo.name}/commit/${commitId}`;
      return { body: { success: true, commitOid: commitId, commitUrl: url, hookOutput: "" } };
    }
    return { problem: problems.noSuchPath };
  }

  /** A small file is given; a large one is somewhere else, by an address that is signed. */
  function resolve(repo: KnownRepo, revision: string, path: string, who: Asked): Answer {
    const gated = gate(repo, who);
    if (gated !== undefined) return { problem: gated };
    if (revision !== "main" && revision !== commitId) return { problem: problems.revisionNotFound };
    const small = repo.files.get(path);
    const large = repo.large.get(path);
    const commit = { "x-repo-commit": commitId };
    if (small !== undefined) return withRange(small, who.request, { ...commit, etag: `"${hash(small)}"` });
    if (large === undefined) return { problem: problems.entryNotFound };
    const place = `/repos/${hash(large)}`;
    cdnTexts.set(place, large);
    return {
      status: 302,
      headers: {
        ...commit,
        location: `${cdnUrl()}${place}?Expires=1790000000&Signature=not-a-secret`,
        "x-linked-size": String(large.length),
        "x-linked-etag": `"${hash(large)}"`,
        "content-type": "text/plain; charset=utf-8",
      },
      body: "Found. Redirecting",
    };
  }

  function create({ request, token }: Asked): Answer {
    if (token === undefined) return { problem: problems.anonymous };
    const body = parsed(request.body);
    const name = `${ownText(body, "organization") ?? token.owner.name}/${ownText(body, "name") ?? ""}`;
    if (token.role === "read" || !sees(token, { name })) return { problem: problems.notAllowed };
    if (repos.has(name)) return { problem: { status: 409, text: "You already created this model repo" } };
    repos.set(name, completeRepo(name, { private: ownField(body, "private") === true }));
    return { body: { url: `https://huggingface.co/${name}`, name, id: commitId.slice(0, 24) } };
  }

  function route(who: Asked): Answer {
    const { method, path } = who.request;
    if (path === "/api/whoami-v2") return whoami(who);
    // Whoever sends a token is known or is told so, on public repositories as well.
    if (who.sent !== undefined && who.token === undefined) return unknown(path);
    if (method === "POST" && path === "/api/repos/create") return create(who);
    for (const type of ["model", "dataset", "space"] as const) {
      if (path === `/api/${plural[type]}`) return list(type, who);
      const [, name, rest = ""] =
        new RegExp(`^/api/${plural[type]}/([^/]+/[^/]+)(?:/(.*))?$`).exec(path) ?? [];
      if (name === undefined) continue;
      const repo = open(name, who);
      return "problem" in repo ? repo : ofRepo(repo, rest, who);
    }
    const [, name, revision, file] =
      /^\/(?:datasets\/|spaces\/)?([^/]+\/[^/]+)\/(?:resolve|raw)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (name === undefined || revision === undefined || file === undefined)
      return { problem: problems.noSuchPath };
    const repo = open(name, who);
    return "problem" in repo ? repo : resolve(repo, revision, file, who);
  }

  /** Recorded: at the gate a token that is unknown is told what somebody without one is. */
  function unknown(path: string): Answer {
    const gated = [...repos.values()].find((repo) => repo.gated && path.includes(`${repo.name}/resolve/`));
    return { problem: gated === undefined ? problems.unknownToken : gatedUnknown(gated.name) };
  }

  function renamed({ url, path }: LoopbackRequest): string | undefined {
    const repo = [...repos.values()].find(
      ({ name, renamedTo }) =>
        renamedTo !== undefined && (path.includes(`/${name}/`) || path.endsWith(`/${name}`)),
    );
    return repo?.renamedTo === undefined ? undefined : url.replace(repo.name, repo.renamedTo);
  }

  return (request) => {
    const who = asked(request);
    const bucket = request.path.includes("/resolve/") ? "resolvers" : "api";
    const rate = count(who.token?.owner.id ?? "anonymous", bucket);
    const ordinary = (): LoopbackAnswer => {
      if (request.path.startsWith("/oauth/")) return hubAnswer(oauth(request), request, rate);
      const moved = renamed(request);
      if (moved !== undefined)
        return hubAnswer(
          {
            status: 307,
            headers: { location: moved, "content-type": "text/plain; charset=utf-8" },
            body: `Temporary Redirect. Redirecting to ${moved}`,
          },
          request,
          rate,
        );
      if (rate.exceeded) return problemAnswer(problems.tooMany, request, rate);
      const answer = route(who);
      return "problem" in answer
        ? problemAnswer(answer.problem, request, rate)
        : hubAnswer(answer, request, rate);
    };
    const scripted = script.take((wanted) => wanted === `${request.method} ${request.path}`);
    if (scripted === undefined) return ordinary();
    return answerAsScripted(scripted, ordinary, (status) =>
      status < 400 ? { status } : problemAnswer(problemOf(status), request, rate),
    );
  };
}

function problemOf(status: number): HubProblem {
  // A 401 without more is about the token.
  const known: readonly HubProblem[] = [problems.unknownToken, ...Object.values(problems)];
  return known.find((problem) => problem.status === status) ?? { ...problems.internal, status };
}

function treeOf({ files, large }: KnownRepo): object[] {
  return [...files, ...large].map(([path, text]) => ({
    type: "file",
    oid: hash(text).slice(0, 40),
    size: text.length,
    path,
    ...(large.has(path) && { lfs: { oid: hash(text), size: text.length, pointerSize: 130 } }),
  }));
}

/** Everything that is sent to the fake is small enough to stand in the commit. */
function preupload({ body }: LoopbackRequest): Answer {
  const files = ownField(parsed(body), "files");
  return {
    body: {
      files: (Array.isArray(files) ? files : []).map((file: unknown) => ({
        path: ownText(file, "path"),
        uploadMode: "regular",
        shouldIgnore: false,
      })),
    },
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
