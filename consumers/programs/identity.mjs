import { verifyIdentityToken } from "@auth/dnanexus/identity";

const error = await verifyIdentityToken("a.b.c", { audience: "https://example.com" }).catch(
  (reason) => reason,
);
console.log(error.code, error.message.includes("is not installed"));
