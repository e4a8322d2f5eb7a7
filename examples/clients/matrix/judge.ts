import type { ClientRow } from "./clients.ts";
import type { Cell } from "./run-cells.ts";
import { type HeaderName, type Heard, tokens } from "./world.ts";

/** What the servers' record says about a client. */
export interface Verdict {
  /** Cells in which something else happened than is promised, told. */
  readonly problems: readonly string[];
  /** Where the token was seen that is not the service. */
  readonly leaks: Readonly<Record<HeaderName, readonly string[]>>;
  /** Whether a 401 is answered by another token. */
  readonly resends: boolean;
  /** Whether redirects within the service are followed, with the token. */
  readonly followed: boolean;
}

/** Judges the cells of a client that has an auth. */
export function judgeWithAuth(cells: readonly Cell[], client: ClientRow): Verdict {
  const problems: string[] = [];
  const follows = client.follows !== false;
  // What takes headers is given those of the first token, and has nothing that would ask for another.
  const asksAgain = client.takes === "fetch";
  for (const cell of cells) {
    const say = (problem: string): void => {
      const { header, hop, status, body, got, error } = cell;
      problems.push(`${header}, hop ${hop}, ${status}${body ? ", body" : ""}: ${problem} (${error ?? got})`);
    };
    for (const { server, token } of cell.heard)
      if (server !== "service" && token !== undefined) say(`the token reached the ${server}`);
    const first = cell.heard[0];
    if (first?.server !== "service" || first.token !== tokens[0])
      say("the first request went without the token");
    const once = client.bodyOnce === true && cell.body;
    if (cell.hop === "there and back" && client.eachHop !== true && asksAgain && ended(cell, tokens[0]))
      say("the token came back after a foreign hop");
    // The platform sends the body of a Request again where it follows redirects itself; the library cannot.
    if (cell.hop === "same origin" && follows && !once && !ended(cell, tokens[0]))
      say("the hop went without the token");
    if (cell.hop === "none" && cell.status === "401" && asksAgain && !once && !resent(cell))
      say("no other token was tried");
    if (cell.hop === "none" && cell.status === "403" && cell.heard.some(({ token }) => token === tokens[1]))
      say("a 403 made it ask again");
    if (cell.hop === "none" && cell.body && cell.heard.some(({ body }) => body === ""))
      say("the body got lost");
    if (cell.error?.includes("no end within") === true) say("it never ended");
  }
  return {
    problems,
    leaks: leaksIn(cells),
    resends: cells.some(resent),
    followed: cells.some((cell) => cell.hop === "same origin" && ended(cell, tokens[0])),
  };
}

/** Where the token went that is not the service. */
export function leaksIn(cells: readonly Cell[]): Verdict["leaks"] {
  const of = (header: HeaderName): readonly string[] => [
    ...new Set(
      cells
        .filter((cell) => cell.header === header)
        .flatMap(({ heard, hop }) => heard.filter(leaked).map(() => hop)),
    ),
  ];
  return { authorization: of("authorization"), "x-api-key": of("x-api-key") };
}

function leaked({ server, token }: Heard): boolean {
  return server !== "service" && token !== undefined;
}

function ended({ heard }: Cell, token: string): boolean {
  return heard.some((one) => one.path.startsWith("/end/") && one.server === "service" && one.token === token);
}

function resent({ status, heard }: Cell): boolean {
  return status === "401" && heard.some(({ token }) => token === tokens[1]);
}
