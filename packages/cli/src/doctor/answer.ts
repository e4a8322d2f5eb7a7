import { failed, type Finding, ok, warning } from "./finding.ts";

/** A clock that is off by more makes tokens and certificates look expired. Milliseconds. */
const tolerableMs = 60_000;

/** What answers at the address, and what its clock says. The request carries no token. */
export async function checkAnswer(target: URL, timeoutMs: number): Promise<Finding[]> {
  const sentAt = Date.now();
  let response: Response;
  try {
    response = await fetch(target, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason =
      (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.name : "no reason given");
    return [failed("answer", `No answer from ${target.host} (${reason}).`, "Check the lines above.")];
  }
  await response.body?.cancel();
  return [
    answerFinding(target, response),
    ...clockFindings(response.headers.get("date"), (sentAt + Date.now()) / 2),
  ];
}

function answerFinding(target: URL, { status, headers }: Response): Finding {
  const location = headers.get("location");
  const elsewhere = location === null ? null : URL.parse(location, target.href);
  if (elsewhere !== null && elsewhere.host !== target.host)
    return warning(
      "answer",
      `${target.host} sends to ${elsewhere.host} (status ${status}): a sign-in page of the network, or another address.`,
      "Open a browser and sign in to the network, or correct the address.",
    );
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "") && (status === 200 || status === 511))
    return warning(
      "answer",
      `${target.host} answers with a web page (status ${status}): a sign-in page of the network, or the address of a website.`,
      "Open a browser and sign in to the network, or correct the address to that of the API.",
    );
  if (status >= 500)
    return warning("answer", `${target.host} is out of order (status ${status}).`, "Try again later.");
  return ok("answer", `${target.host} answers (status ${status}).`);
}

function clockFindings(date: string | null, now: number): Finding[] {
  const there = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(there)) return [];
  // The header is in whole seconds.
  const offMs = now - there - 500;
  if (Math.abs(offMs) <= tolerableMs) return [ok("clock", "The clock agrees with the service's.")];
  const seconds = Math.round(Math.abs(offMs) / 1000);
  return [
    failed(
      "clock",
      `The clock of this machine is ${seconds} s ${offMs > 0 ? "ahead of" : "behind"} the service's.`,
      "Set the clock: timedatectl set-ntp true, or the settings of the system.",
    ),
  ];
}
