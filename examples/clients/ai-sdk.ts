// The AI SDK: each of its providers takes a fetch. Their `headers` and `apiKey` are read once.
import type { Auth } from "@auth/pylon";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, type LanguageModel } from "ai";

// #region copy
function modelWith(auth: Auth, baseURL: string, model: string): LanguageModel {
  return createOpenAICompatible({ name: "service", baseURL, fetch: auth.fetch })(model);
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    await generateText({ model: modelWith(auth, url, "a-model"), prompt: "Hello", maxRetries: 0 });
    return 200;
  } catch (error) {
    if (APICallError.isInstance(error) && error.statusCode !== undefined) return error.statusCode;
    throw error;
  }
}
