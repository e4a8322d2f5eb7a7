// AWS Lambda. The auth stands at the top of the module: making it reads nothing, and what it finds is kept for as long as Lambda
// keeps the process. Between two invocations the process is frozen, and timers with it: that a token has expired is therefore
// judged by the clock, at each request.
import { type AuthOptions, found, pylon, type TokenFunction } from "@auth/pylon";

/** The token out of Secrets Manager, by way of the AWS Parameters and Secrets extension, which listens on this machine. */
export function fromSecretsManager(secretId: string): TokenFunction {
  return async ({ env, fetch, signal }) => {
    const port = env["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"] ?? "2773";
    const response = await fetch(
      `http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(secretId)}`,
      { headers: { "x-aws-parameters-secrets-token": env["AWS_SESSION_TOKEN"] ?? "" }, signal },
    );
    // No other token is tried then: the function fails, and its log says why.
    if (!response.ok) throw new Error(`Secrets Manager answered with status ${response.status}`);
    const { SecretString } = (await response.json()) as { SecretString: string };
    return found(SecretString);
  };
}

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** The handler of a function; with options, one for a test. */
export function handlerWith(options: AuthOptions = {}): () => Promise<Answer> {
  const auth = pylon({ token: fromSecretsManager("acme/pylon"), ...options });
  return async () => {
    const response = await auth.fetch("/issues?limit=10");
    return { statusCode: response.status, body: await response.text() };
  };
}

export const handler: () => Promise<Answer> = handlerWith();
