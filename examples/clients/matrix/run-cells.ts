import {
  type Auth,
  type AuthOptions,
  bearer,
  defineProvider,
  found,
  header,
  type Identity,
} from "@auth/core";

import { byHand } from "./by-hand.ts";
import type { ClientRow } from "./clients.ts";
import {
  type HeaderName,
  type Heard,
  headerNames,
  type Hop,
  hops,
  type Status,
  statuses,
  tokens,
  type World,
} from "./world.ts";

/** One request of one client, and what the servers heard of it. */
export interface Cell {
  readonly header: HeaderName;
  readonly hop: Hop;
  readonly status: Status;
  readonly body: boolean;
  /** What the client said it got; absent where it gave an error. */
  readonly got?: number;
  readonly error?: string;
  readonly heard: readonly Heard[];
}

interface ClientFile {
  readonly send: (auth: Auth, url: string, body?: string) => Promise<number>;
  readonly options?: AuthOptions;
}

const text = "the body of the matrix";
/** A request on loopback that takes longer hangs. Milliseconds. */
const patienceMs = 20_000;

/** Every cell of a client, with an auth. */
export async function runWithAuth({ id, body, follows }: ClientRow, world: World): Promise<Cell[]> {
  const file = (await import(`../${id}.ts`)) as ClientFile;
  const cells: Cell[] = [];
  for (const name of headerNames)
    for (const [hop, status] of pairs())
      for (const withBody of body === false ? [false] : [false, true]) {
        // A body that was sent once cannot be asked for at a hop that nobody follows.
        if (withBody && hop !== "none" && follows === false) continue;
        const auth = authOf(world.origin, name, file.options);
        world.take();
        const sent = file.send(auth, world.url(hop, status, id), withBody ? text : undefined);
        cells.push({
          header: name,
          hop,
          status,
          body: withBody,
          ...(await outcomeOf(sent)),
          heard: world.take(),
        });
      }
  return cells;
}

/** The hops of a client that has the header by hand. */
export async function runByHand({ id }: ClientRow, world: World): Promise<Cell[]> {
  const send = byHand[id];
  const cells: Cell[] = [];
  if (send === undefined) return cells;
  for (const name of headerNames)
    for (const hop of hops) {
      world.take();
      const value = name === "authorization" ? `Bearer ${tokens[0]}` : tokens[0];
      const sent = send({ [name]: value }, world.url(hop, "200", id)).then(() => 0);
      cells.push({
        header: name,
        hop,
        status: "200",
        body: false,
        ...(await outcomeOf(sent)),
        heard: world.take(),
      });
    }
  return cells;
}

/** Each hop with an ordinary answer, and each answer without a hop. */
function pairs(): (readonly [Hop, Status])[] {
  return [
    ...hops.map((hop) => [hop, "200"] as const),
    ...statuses.filter((status) => status !== "200").map((status) => ["none", status] as const),
  ];
}

async function outcomeOf(sent: Promise<number>): Promise<{ readonly got?: number; readonly error?: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no end within 20 s")), patienceMs);
  });
  try {
    return { got: await Promise.race([sent, late]) };
  } catch (error) {
    return { error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** An auth whose source has another token once the first is refused. */
function authOf(origin: string, name: HeaderName, options: AuthOptions = {}): Auth {
  const provider = defineProvider<object, Identity>({
    specVersion: 1,
    id: "matrix",
    name: "The matrix",
    setup: () => ({
      baseUrl: origin,
      sources: [
        { name: "the matrix", resolve: ({ reason }) => found(tokens[reason === "rejected" ? 1 : 0]) },
      ],
      inject: name === "authorization" ? bearer() : header(name),
      verify: { path: "/me", identify: () => undefined },
    }),
  });
  return provider(options);
}
