import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { clients, type ClientRow } from "./clients.ts";
import { judgeWithAuth, leaksIn, type Verdict } from "./judge.ts";
import { runByHand, runWithAuth } from "./run-cells.ts";
import { startWorld } from "./world.ts";

/** What was seen of one client. */
export interface Seen {
  readonly client: ClientRow;
  readonly cells: number;
  readonly withAuth: Verdict;
  readonly byHand: Verdict["leaks"];
}

const folder = path.join(import.meta.dirname, "..");

/** Runs every client, in every cell. */
export async function runMatrix(): Promise<Seen[]> {
  const world = await startWorld();
  try {
    const all: Seen[] = [];
    for (const client of clients) {
      const cells = await runWithAuth(client, world);
      const alone = await runByHand(client, world);
      all.push({
        client,
        cells: cells.length + alone.length,
        withAuth: judgeWithAuth(cells, client),
        byHand: leaksIn(alone),
      });
    }
    return all;
  } finally {
    await world.close();
  }
}

/** The page `docs/clients.md`, of what was seen. */
export function pageOf(seen: readonly Seen[]): string {
  const cells = seen.reduce((sum, row) => sum + row.cells, 0);
  return `# Clients

<!-- Written by \`npm run docs:clients\` from what the clients did. CI fails when it differs. -->

Does it work with what you use, and is that safe? Each client below is run, the real package against servers on this machine: without
a redirect, to the same origin, to another port, to another host, and there and back; with 200, 401, 403 and 429; with the header
\`authorization\` and with \`x-api-key\`; with a body and without. ${cells} requests, and the servers' record is the judge.

- **Off its origins**: ✓ the token is seen by no other server, under either header.
- **401**: ✓ the sources are asked again, and the request is sent once more with another token; – the client hands the 401 back.
- **Body**: ✓ it arrives, also when the request is sent once more; 1× it arrives, and cannot be sent again, since the client puts it into a
  \`Request\`; – the client has no body of your choice.
- **Redirects**: ✓ followed; – an answer with 3xx is handed back.
- **By itself**: where the token went that is not the service, when the same client was given the header by hand.

<!-- oxfmt-ignore -->
| client | takes | off its origins | 401 | body | redirects | by itself, \`authorization\` | by itself, \`x-api-key\` |
| --- | --- | --- | --- | --- | --- | --- | --- |
${seen.map(tableRow).join("\n")}
| [grpc-js](#grpc-js) ${versionOf("@grpc/grpc-js")} | headers | ✓ | – | – | – | | |
| [socket.io](#socketio) ${versionOf("socket.io-client")} | token | ✓ | – | – | – | | |

grpc-js and socket.io speak no HTTP requests of yours, so each has a test of its own. Not run: OpenAPI Generator's clients, whose generator
is a Java program (its TypeScript ones take a \`fetchApi\`: give it \`auth.fetch\`), and k6, which runs no npm packages (give it what \`auth-pylon headers URL\` prints). For the AWS SDK and Google's libraries see [web identities](../examples/aws-web-identity.ts) and
[the command's helpers](command.md#helpers-for-other-tools).

What a client that takes **headers** cannot do: it asks once for each request, so it hands a 401 back. Use \`auth.reject()\` and send again, or take
a client that takes a \`fetch\`.

${seen.map(section).join("\n\n")}

${ownSection("MCP SDK, authProvider", "mcp-auth-provider")}

${ownSection("grpc-js", "grpc")}

${ownSection("socket.io", "socket-io")}

## One auth for each tenant

A program that serves many tenants keeps one auth for each, so that no tenant's token can be sent for another. They are few at a time: keep
them in a cache that forgets those that are not used.

\`\`\`ts
${copyOf("recipes/tenants")}
\`\`\`
`;
}

function tableRow({ client, withAuth, byHand }: Seen): string {
  const { title, from, takes, body, bodyOnce, follows } = client;
  const cells = [
    `[${title}](#${anchorOf(title)}) ${versionOf(from)}`,
    takes,
    withAuth.leaks.authorization.length + withAuth.leaks["x-api-key"].length === 0 ? "✓" : "**no**",
    withAuth.resends ? "✓" : "–",
    body === false ? "–" : bodyOnce === true ? "1×" : "✓",
    follows === false ? "–" : "✓",
    leakText(byHand.authorization),
    leakText(byHand["x-api-key"]),
  ];
  return `| ${cells.join(" | ")} |`;
}

function leakText(hops: readonly string[]): string {
  return hops.length === 0 ? "nowhere" : hops.filter((hop) => hop !== "there and back").join(", ");
}

function section({ client }: Seen): string {
  return ownSection(client.title, client.id, client.mind);
}

function ownSection(title: string, id: string, mind?: string): string {
  const [comment = ""] = readFileSync(path.join(folder, `${id}.ts`), "utf8").split("\n");
  const text = [comment.replace(/^\/\/ /, ""), ...(mind === undefined ? [] : [mind])].join(" ");
  return `### ${title}

${text}

\`\`\`ts
${importsOf(id)}${copyOf(id)}
\`\`\``;
}

/** The lines to copy. */
function copyOf(id: string): string {
  const source = readFileSync(path.join(folder, `${id}.ts`), "utf8");
  return (/\/\/ #region copy\n([\s\S]*?)\/\/ #endregion/.exec(source)?.[1] ?? "").trim();
}

/** The imports that they need. */
function importsOf(id: string): string {
  const source = readFileSync(path.join(folder, `${id}.ts`), "utf8");
  const copied = copyOf(id);
  const lines = (source.match(/^import [\s\S]*?;$/gm) ?? []).filter((line) => {
    const names = (/import (?:type )?(.*?) from/s.exec(line)?.[1] ?? "").match(/\w+/g) ?? [];
    return (
      !line.includes('"./') &&
      names.some((name) => name !== "type" && new RegExp(`\\b${name}\\b`).test(copied))
    );
  });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

function versionOf(name: string): string {
  if (name === "node") return `of Node.js ${process.versions.node.split(".")[0]}`;
  const manifest = path.join(folder, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
