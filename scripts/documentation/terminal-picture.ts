// A picture of a terminal session for the README, drawn from what the command prints: npm run docs:picture
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "../..");
const program = ["--conditions=@auth/source", path.join(root, "packages/pylon/src/cli.ts")];
export const picture = path.join(root, "docs/terminal.svg");

/** What is typed, and what came of it, colours included. */
export interface Scene {
  readonly typed: string;
  readonly shown: string;
}

/** The session of the picture: a token that is refused, what to do about it, and a good one. Against the fake service. */
export async function playSession(): Promise<Scene[]> {
  const home = mkdtempSync(path.join(tmpdir(), "auth-picture-"));
  const plain = { PATH: process.env["PATH"] ?? "", HOME: home, COLUMNS: "80" };
  const fake = spawn(process.execPath, [...program, "fake", "--json"], {
    env: plain,
    cwd: home,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const first = await new Promise<string>((resolve) =>
      fake.stdout.once("data", (text) => resolve(String(text))),
    );
    const { url, environment } = JSON.parse(first) as { url: string; environment: Record<string, string> };
    const play = async (typed: string, token: string): Promise<Scene> => {
      // The address of the fake is no part of the story.
      const args = [
        ...program,
        ...typed.split(" ").slice(2),
        ...(/ (?:verify|doctor)/.test(typed) ? ["--base-url", url] : []),
      ];
      const env = { ...plain, PYLON_API_TOKEN: token, FORCE_COLOR: "1" };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, cwd: home }).catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
      return {
        typed,
        shown: `${stdout}${stderr}`
          .replaceAll(url, "https://api.usepylon.com")
          .replaceAll(new URL(url).host, "api.usepylon.com")
          .trimEnd(),
      };
    };
    const good = environment["PYLON_API_TOKEN"] ?? "";
    return [
      await play("npx auth-pylon status", "a-token-of-yesterday"),
      await play("npx auth-pylon verify", "a-token-of-yesterday"),
      await play("npx auth-pylon verify", good),
    ];
  } finally {
    fake.kill("SIGINT");
    rmSync(home, { recursive: true, force: true });
  }
}

/** What styleText writes, and nothing else: a number between "escape [" and "m". */
const escapeCode = new RegExp(`${String.fromCodePoint(27)}\\[(\\d+)m`);
const colours: Readonly<Record<string, string>> = {
  31: "#f85149",
  32: "#3fb950",
  33: "#d29922",
  36: "#39c5cf",
};

/** Draws it as a terminal with a dark ground, which reads well on a page of either kind. */
export function draw(scenes: readonly Scene[]): string {
  const lines = scenes
    .flatMap(({ typed, shown }) => [
      `\u001B[32m$\u001B[39m \u001B[1m${typed}\u001B[22m`,
      ...shown.split("\n"),
      "",
    ])
    .slice(0, -1);
  const height = lines.length * 20 + 40;
  const rows = lines.map((line, index) => `<text x="20" y="${index * 20 + 34}">${spansOf(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 ${height}" role="img" aria-label="${escaped(scenes.map(({ typed }) => typed).join(", "))}, and what they print">
<rect width="800" height="${height}" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">
${rows.join("\n")}
</g>
</svg>
`;
}

/** The text of a line with its colours, as spans. */
function spansOf(line: string): string {
  let style = { fill: "", weight: "", opacity: "" };
  return line
    .split(escapeCode)
    .map((part, index) => {
      if (index % 2 === 0) {
        if (part === "") return "";
        const attributes = [
          style.fill && `fill="${style.fill}"`,
          style.weight && `font-weight="${style.weight}"`,
          style.opacity && `opacity="${style.opacity}"`,
        ].filter(Boolean);
        return `<tspan${attributes.map((attribute) => ` ${attribute}`).join("")}>${escaped(part)}</tspan>`;
      }
      if (part in colours) style = { ...style, fill: colours[part] ?? "" };
      else if (part === "39") style = { ...style, fill: "" };
      else if (part === "1") style = { ...style, weight: "bold" };
      else if (part === "2") style = { ...style, opacity: "0.6" };
      else if (part === "22") style = { ...style, weight: "", opacity: "" };
      return "";
    })
    .join("");
}

/** The words of a picture, without its numbers: time and the id of a request differ. */
export function wordsIn(svg: string): string {
  return svg.replaceAll(/<[^>]+>/g, "").replaceAll(/\d+ ms|[0-9a-f]{8}-[0-9a-f-]{27}/g, "…");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("  ", "\u00A0\u00A0");
}

if (process.argv[1] === import.meta.filename) writeFileSync(picture, draw(await playSession()));
