import { type ProviderFacts, Refusal } from "./provider-facts.ts";

/** The root README with a row for a new provider: the last one of the table under "Providers". */
export function withProviderRow(readme: string, { id, name, env, baseUrl }: ProviderFacts): string {
  const [table] = /(?<=^## Providers\n\n(?:<!-- .* -->\n)?)(?:\|.*\n)+/m.exec(readme) ?? [];
  if (table === undefined)
    throw new Refusal("README.md has no table of providers.", 'Put it right below its heading "Providers".');
  const { pathname } = new URL(`${baseUrl}/me`);
  const row = `| [\`@auth/${id}\`](packages/${id}) | ${name} | \`token\`, \`${env}\` | \`GET ${pathname}\` |\n`;
  return readme.replace(table, () => table + row);
}
