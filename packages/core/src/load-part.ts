import { AuthError } from "./errors.ts";

/** A part that is loaded when it is needed. A page may find that it is gone: a newer build was put in its place. */
export async function loadPart<Part>(provider: string, loading: Promise<Part>): Promise<Part> {
  try {
    return await loading;
  } catch (cause) {
    throw new AuthError("AUTH_UNREACHABLE", {
      provider,
      message: "A part of this program could not be loaded.",
      remedy: "Check the network, and load the page or program anew.",
      cause,
    });
  }
}
