import { verifyIdentityToken } from "@auth/dnanexus/identity";

export const dynamic = "force-dynamic";

export async function GET() {
  const error = await verifyIdentityToken("a.b.c", { audience: "https://example.com" }).catch(
    (reason) => reason,
  );
  return new Response(`${error.code} ${error.message.includes("is not installed")}`);
}
