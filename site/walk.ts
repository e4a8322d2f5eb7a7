// Walks the built site as people do, in a real Chromium: every page at three widths, light and dark, with the keyboard, and
// offline search. An error in the console, a page wider than its window, or a link to nothing ends it.
import { createServer } from "node:http";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import process from "node:process";

import { chromium, type Page } from "playwright-core";

const dist = path.join(import.meta.dirname, "dist");
/** Where the site is on its host. */
const base = process.env["DOCS_BASE"] ?? "/";
const widths = [375, 768, 1440];
const problems: string[] = [];

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The file of an address: with clean URLs, a page has no ending. */
function fileOf(address: string): string | undefined {
  if (!address.startsWith(base)) return undefined;
  const at = path.join(dist, decodeURIComponent(address.slice(base.length)));
  return [at, `${at}.html`, path.join(at, "index.html")].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
}

const server = createServer((request, response) => {
  const file = fileOf(new URL(request.url ?? "/", "http://localhost").pathname);
  if (file === undefined) response.writeHead(404).end();
  else
    response
      .writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream" })
      .end(readFileSync(file));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const pages = globSync("**/*.html", { cwd: dist })
  .filter((file) => file !== "404.html")
  .map((file) => `${base}${file.replace(/(?:^|(?<=\/))index\.html$/, "").replace(/\.html$/, "")}`);
checkLinks();

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({ colorScheme });
  const page = await context.newPage();
  let address = "";
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${address} (${colorScheme}): ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${address} (${colorScheme}): ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
      problems.push(`${address}: asks ${request.url()}`);
  });
  // Sources differ only in what they show: a few stand for all.
  const walked =
    colorScheme === "light"
      ? pages.filter((one, index) => !one.startsWith(`${base}source/`) || index % 10 === 0)
      : ["", "clients", "errors/", "architecture"].map((one) => base + one);
  for (address of walked) {
    await page.goto(origin + address);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      if (Number(wide) > width) problems.push(`${address} is ${String(wide)} wide in a window of ${width}`);
    }
  }
  address = "the keyboard";
  if (colorScheme === "light") await walkByKeyboard(page);
  await context.close();
}
await browser.close();
server.close();
server.closeAllConnections();

for (const problem of new Set(problems)) console.error(problem);
console.log(`${pages.length} pages, ${new Set(problems).size} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every link of every page leads to a page and, where it names one, to a heading in it. */
function checkLinks(): void {
  const ids = new Map<string, Set<string>>();
  const idsOf = (file: string): Set<string> => {
    const known =
      ids.get(file) ??
      new Set(Array.from(readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g), ([, id = ""]) => id));
    ids.set(file, known);
    return known;
  };
  for (const page of pages) {
    const html = readFileSync(fileOf(page) ?? "", "utf8");
    for (const [, href = ""] of html.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      if (!/^[/#]/.test(href)) continue;
      const [address = "", anchor] = href.replaceAll("&amp;", "&").split("#");
      const file = fileOf(address === "" ? page : address);
      if (file === undefined) problems.push(`${page} leads to ${href}, which is not there`);
      else if (anchor !== undefined && anchor !== "" && !idsOf(file).has(decodeURIComponent(anchor)))
        problems.push(`${page} leads to ${href}, which has no such heading`);
    }
  }
}

/** Opens the search, finds an error by its code, and goes there, without a mouse. */
async function walkByKeyboard(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(origin + base, { waitUntil: "networkidle" });
  await page.keyboard.press("Tab");
  const first = await page.evaluate("document.activeElement?.textContent");
  if (!String(first).includes("Skip to content"))
    problems.push(`the first stop of the keyboard is ${String(first)}`);
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".VPLocalSearchBox input");
  await page.keyboard.type("AUTH_OTP_REQUIRED");
  await page.waitForSelector(".VPLocalSearchBox .results a");
  await page.keyboard.press("Enter");
  await page.waitForURL(/errors/);
}
