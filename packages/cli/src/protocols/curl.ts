import type { Protocol } from "./protocol.ts";
import { requiredOperand } from "./required-operand.ts";

/**
 * A config for `curl -K -`: the URL and its header, so that the header goes with no other URL. A foreign URL gets an empty
 * config. curl takes a header of its own along a redirect to another host, unless it is `Authorization`: so `location` stays off.
 *
 * @see https://curl.se/docs/manpage.html#-K (read 2026-11)
 */
export const curlHelper: Protocol = async ({ auth, operands }) => {
  const given = requiredOperand(operands, "the URL");
  const headers = Object.entries(await auth.headers(given));
  if (headers.length === 0) return "";
  const url = URL.canParse(given) ? given : joined(auth.baseUrl, given);
  return [
    `url = ${quoted(url)}`,
    ...headers.map(([name, value]) => `header = ${quoted(`${name}: ${value}`)}`),
  ].join("\n");
};

function joined(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
