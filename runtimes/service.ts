import { type LoopbackAnswer, type LoopbackRequest, startLoopbackServer } from "@auth/testing/loopback";

/** The two services that a runtime talks to: the provider's, and a stranger's. */
export interface Services {
  readonly own: string;
  readonly foreign: string;
  readonly close: () => Promise<void>;
}

/** Starts both on loopback. They differ by their port, and so are different origins. */
export async function startServices(): Promise<Services> {
  const [own, foreign] = await Promise.all([startService(), startService()]);
  return {
    own: own.url,
    foreign: foreign.url,
    close: async () => {
      await Promise.all([own.close(), foreign.close()]);
    },
  };
}

function startService(): ReturnType<typeof startLoopbackServer> {
  const arrived: LoopbackRequest[] = [];
  return startLoopbackServer((request) => {
    const { pathname, searchParams } = new URL(request.url, "http://service");
    if (pathname === "/arrived") {
      const path = searchParams.get("path");
      return {
        body: arrived
          .splice(0)
          .filter((one) => one.path === path)
          .map(carriedBy),
      };
    }
    arrived.push(request);
    return answer(request, pathname, searchParams);
  });
}

function answer(request: LoopbackRequest, pathname: string, parameters: URLSearchParams): LoopbackAnswer {
  const { authorization = "" } = request.headers;
  switch (pathname) {
    case "/redirect":
      return {
        status: Number(parameters.get("status") ?? 302),
        headers: { location: parameters.get("to") ?? "" },
      };
    case "/accepts":
      return {
        status: authorization === `Bearer ${parameters.get("token")}` ? 200 : 401,
        body: request.body,
      };
    case "/token":
      return { body: parameters.get("token"), delayMs: 200 };
    case "/me":
      return authorization.endsWith("-refused")
        ? { status: 401, body: { errors: ["Invalid API token!"] } }
        : { body: { id: "user-1", data: { id: "organization-1", name: "Acme Support" } } };
    case "/slow":
      return { delayMs: 2_000 };
    default:
      return { body: carriedBy(request) };
  }
}

function carriedBy({ headers }: LoopbackRequest): Record<string, unknown> {
  return { authorization: headers.authorization ?? null, key: headers["x-api-key"] ?? null };
}
