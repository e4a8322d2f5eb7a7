import { AuthError } from "@auth/core";

/** Bundlers take jose along where it is installed, and let a program be built where it is not. */
export async function loadJose(): Promise<typeof import("jose")> {
  let jose: Partial<typeof import("jose")>;
  try {
    // In a try, and nowhere else: so bundlers know that it may be absent.
    jose = await import("jose");
  } catch {
    throw absent();
  }
  // Some bundlers put something empty in its place.
  if (typeof jose?.jwtVerify !== "function") throw absent();
  // An older one would fetch the keys itself, with redirects and without our limits.
  if (typeof jose.customFetch !== "symbol")
    throw problem("version 6 or newer, and an older one is installed");
  return jose;
}

function absent(): AuthError {
  return problem("which is not installed");
}

function problem(what: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", {
    provider: "dnanexus",
    message: `Identity tokens are verified with the package jose, ${what}.`,
    remedy: "Install jose beside this package: npm install jose@6.",
  });
}
