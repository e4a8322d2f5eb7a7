// Differs from basic.ts by the client: openapi-fetch takes the auth's `fetch`, and has the types of an OpenAPI document.
import { type AuthOptions, pylon } from "@auth/pylon";
import createClient from "openapi-fetch";

/** What `openapi-typescript` writes for one endpoint. */
interface Paths {
  "/issues": {
    get: {
      parameters: { query?: { limit?: number } };
      responses: { 200: { content: { "application/json": { data: { title: string }[] } } } };
    };
  };
}

export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const auth = pylon(options);
  const client = createClient<Paths>({ baseUrl: auth.baseUrl, fetch: auth.fetch });
  const { data } = await client.GET("/issues", { params: { query: { limit: 10 } } });
  return data?.data.map(({ title }) => title) ?? [];
}
