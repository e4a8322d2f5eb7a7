import { withMermaid } from "vitepress-plugin-mermaid";

import { stagePages } from "../stage.ts";

/** A key. */
const icon = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#3451b2" stroke-width="2"><circle cx="5" cy="8" r="3"/><path d="M8 8h7M12 8v3"/></svg>')}`;

const { providers, errors, decisions, api } = stagePages();

// Made from the documents of the repository: npm run docs
export default withMermaid({
  title: "auth-providers",
  description: "Sends an API token to the service that it belongs to, and nowhere else",
  srcDir: "./pages",
  outDir: "./dist",
  cleanUrls: true,
  lastUpdated: false,
  // Where the site is not at the root of its host: DOCS_BASE=/name/ npm run docs:check
  base: process.env["DOCS_BASE"] ?? "/",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: icon }]],
  // As GitHub names the headings, so that one link does for both.
  markdown: {
    anchor: {
      slugify: (heading) =>
        heading
          .trim()
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(" ", "-"),
    },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Providers", link: "/#providers", activeMatch: "^/providers/" },
      { text: "Clients", link: "/clients" },
      { text: "Errors", link: "/errors/", activeMatch: "^/errors/" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
    ],
    sidebar: [
      {
        text: "Use a provider",
        items: [
          { text: "Start", link: "/" },
          { text: "What an auth does", link: "/auth" },
          { text: "Clients", link: "/clients" },
          { text: "Recipes", link: "/recipes" },
          { text: "One token for many processes", link: "/shared-tokens" },
          { text: "The command", link: "/command" },
          { text: "Examples", link: "/examples" },
        ],
      },
      { text: "Providers", items: providers },
      { text: "Errors", collapsed: true, items: [{ text: "All errors", link: "/errors/" }, ...errors] },
      {
        text: "Understand",
        items: [
          { text: "Security", link: "/security" },
          { text: "Architecture", link: "/architecture" },
          { text: "Benchmarks", link: "/benchmarks" },
        ],
      },
      { text: "Decisions", collapsed: true, items: decisions },
      {
        text: "Contribute",
        items: [
          { text: "Add a provider", link: "/adding-a-provider" },
          { text: "Contributing", link: "/contributing" },
          { text: "Releasing", link: "/releasing" },
        ],
      },
      { text: "API", collapsed: true, items: api },
    ],
  },
});
