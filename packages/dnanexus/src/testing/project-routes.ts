import { ownField } from "@auth/core";

import { ApiError, notFound } from "./api-error.ts";
import type { FakeProject } from "./directory.ts";
import { isEnough, levelOf } from "./permission.ts";
import { bearer, type Call, type Route, select } from "./route.ts";

/** What the toolkit asks of projects as it logs in, selects one and lists its folders. */
export const projectRoutes: readonly Route[] = [
  { path: "/system/findProjects", answer: findProjects },
  { path: "/system/findDataObjects", answer: findDataObjects },
  { path: "/project-*/describe", answer: describeProject },
  { path: "/project-*/listFolder", answer: listFolder },
];

function findProjects(call: Call): object {
  const { input, directory } = call;
  const token = bearer(call);
  const needed = ownField(input, "level");
  const limit = ownField(input, "limit");
  const starting = ownField(input, "starting");
  const seen = directory.projects.flatMap((project) => {
    const level = levelOf(token, project);
    if (!isNamed(project, ownField(input, "name"))) return [];
    return isEnough(level, typeof needed === "string" ? needed : "VIEW") ? [{ ...project, level }] : [];
  });
  const first = starting === undefined || starting === null ? 0 : seen.findIndex(({ id }) => id === starting);
  if (first === -1)
    throw new ApiError("InvalidInput", "starting is not an id that an earlier answer gave as next");
  const behind = first + (typeof limit === "number" && limit > 0 ? Math.min(limit, 1000) : 1000);
  const describe = ownField(input, "describe") === true;
  const results = seen.slice(first, behind).map(({ id, name, level }) => ({
    id,
    level,
    permissionSources: [token.userId],
    public: false,
    ...(describe && { describe: { id, name } }),
  }));
  return { results, next: seen[behind]?.id ?? null };
}

/** By the whole name, or by a pattern in which `*` and `?` stand for others, or by a regular expression. */
function isNamed({ name }: FakeProject, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (typeof wanted === "string") return name === wanted;
  const glob = ownField(wanted, "glob");
  if (typeof glob === "string") return matchesGlob(name, glob);
  const regexp = ownField(wanted, "regexp");
  if (typeof regexp !== "string")
    throw new ApiError("InvalidInput", "name must be a text, a glob or a regexp");
  try {
    return new RegExp(regexp, ownField(wanted, "flags") === "i" ? "i" : "").test(name);
  } catch {
    throw new ApiError("InvalidInput", "the regexp of name is none");
  }
}

function matchesGlob(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "su").test(name);
}

function describeProject(call: Call): object {
  const { project, level } = visibleProject(call, call.objectId);
  const { id, name } = project;
  // Only where it is asked for.
  const folders = ownField(call.input, "folders") === true ? { folders: foldersOf(project) } : {};
  return select(call.input, { id, class: "project", name, level, ...folders });
}

/** The folders right below one, by their whole paths. There are no objects in them. */
function listFolder(call: Call): object {
  const folders = foldersOf(visibleProject(call, call.objectId).project);
  const wanted = ownField(call.input, "folder") ?? "/";
  if (typeof wanted !== "string" || !wanted.startsWith("/"))
    throw new ApiError("InvalidInput", "folder must be a path that begins with a slash");
  const folder = wanted === "/" ? wanted : wanted.replace(/\/+$/, "");
  if (!folders.includes(folder)) throw notFound(folder);
  const below = folders.filter(
    (path) => path !== "/" && path.replace(/\/[^/]*$/, "") === folder.replace(/^\/$/, ""),
  );
  const only = ownField(call.input, "only");
  return {
    ...(only !== "objects" && { folders: below }),
    ...(only !== "folders" && { objects: [] }),
  };
}

/** There are none. What is asked has to be allowed all the same. */
function findDataObjects(call: Call): object {
  const project = ownField(ownField(call.input, "scope"), "project");
  if (typeof project === "string") visibleProject(call, project);
  return { results: [], next: null };
}

function visibleProject(call: Call, id: string): { project: FakeProject; level: string | undefined } {
  const project = call.directory.projects.find((one) => one.id === id);
  if (project === undefined) throw notFound(id);
  const level = levelOf(bearer(call), project);
  if (isEnough(level, "VIEW")) return { project, level };
  throw new ApiError("PermissionDenied", `VIEW permission required in ${id} to perform this action`);
}

function foldersOf({ folders = [] }: FakeProject): readonly string[] {
  const paths = folders.flatMap((path) =>
    path
      .split("/")
      .filter((part) => part !== "")
      .map((_, index, parts) => `/${parts.slice(0, index + 1).join("/")}`),
  );
  return [...new Set(["/", ...paths])].toSorted();
}
