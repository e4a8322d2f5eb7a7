import { ownField, ownText } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { SlackRefusal } from "./envelope.ts";

/** The files of the workspace, which are on an origin of their own. */
export interface SlackFiles {
  /** Gives an address to send a file to. */
  announce(name: string): object;
  /** Says that files have been sent: JSON of `[{ "id", "title"? }]`. */
  complete(files: string, teamId: string): object | SlackRefusal;
  /** What the files' origin answers. `knows`: whether a token may read files. */
  answer(request: LoopbackRequest, knows: boolean): LoopbackAnswer;
}

interface KeptFile {
  readonly name: string;
  bytes: string | undefined;
}

/** `origin`: where they are. */
export function createFiles(origin: () => string): SlackFiles {
  const kept = new Map<string, KeptFile>();
  // One that is there from the beginning.
  kept.set("F0EXAMPLE", { name: "hello.txt", bytes: "Hello from Acme" });
  const addressOf = (id: string, name: string, teamId: string): string =>
    `${origin()}/files-pri/${teamId}-${id}/${name}`;

  return {
    announce(name) {
      const id = `F${String(kept.size).padStart(8, "0")}`;
      kept.set(id, { name, bytes: undefined });
      return { upload_url: `${origin()}/upload/v1/${id}`, file_id: id };
    },
    complete(text, teamId) {
      const ids = idsIn(text);
      if (ids === undefined || !ids.every((id) => kept.get(id)?.bytes !== undefined))
        return { error: "file_not_found" };
      return {
        files: ids.map((id) => {
          const name = kept.get(id)?.name ?? "";
          return { id, name, title: name, url_private: addressOf(id, name, teamId) };
        }),
      };
    },
    answer({ method, path, headers, body }, knows) {
      const [, uploaded = ""] = /^\/upload\/v1\/(F\w+)$/.exec(path) ?? [];
      const file = kept.get(uploaded);
      if (method === "POST" && file !== undefined) {
        file.bytes = body;
        // The bytes of what was sent, a form's own included where it came as one.
        return { headers: { "content-type": "text/plain" }, body: `OK - ${headers["content-length"] ?? 0}` };
      }
      const [, id = ""] = /^\/files-pri\/T\w+-(F\w+)\//.exec(path) ?? [];
      const wanted = kept.get(id);
      // Who does not say who they are is asked to sign in, by a page that is a success.
      if (!knows) return { headers: { "content-type": "text/html" }, body: "<title>Sign in | Slack</title>" };
      if (wanted?.bytes === undefined) return { status: 404 };
      return { headers: { "content-type": "text/plain" }, body: wanted.bytes };
    },
  };
}

function idsIn(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof ownField(item, "id") === "string")
      ? list.map((item) => ownText(item, "id") ?? "")
      : undefined;
  } catch {
    return undefined;
  }
}
