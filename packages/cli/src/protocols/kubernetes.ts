import { variable } from "@auth/core";

import { UsageError } from "../usage-error.ts";
import type { Protocol } from "./protocol.ts";

/**
 * kubectl's exec plugin: an `ExecCredential`, only where the cluster that `KUBERNETES_EXEC_INFO` names is one of the provider's
 * addresses. Its kubeconfig has to say `provideClusterInfo: true`. For any other cluster it fails, which is the protocol's way
 * of giving nothing.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins (read 2026-11)
 */
export const kubernetesHelper: Protocol = async ({ auth, env }) => {
  const { apiVersion, server } = clusterIn(variable(env, "KUBERNETES_EXEC_INFO"));
  if (Object.keys(await auth.headers(server)).length === 0) return undefined;
  const token = await auth.token();
  return JSON.stringify({
    apiVersion,
    kind: "ExecCredential",
    status: {
      token: token.reveal(),
      ...(token.expiresAt !== undefined && {
        expirationTimestamp: new Date(token.expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
      }),
    },
  });
};

function clusterIn(text: string | undefined): { readonly apiVersion: string; readonly server: string } {
  const info = parsed(text) as { apiVersion?: unknown; spec?: { cluster?: { server?: unknown } } } | null;
  const apiVersion = info?.apiVersion;
  const server = info?.spec?.cluster?.server;
  if (typeof apiVersion !== "string" || typeof server !== "string" || !URL.canParse(server))
    throw new UsageError(
      "KUBERNETES_EXEC_INFO names no cluster. Say provideClusterInfo: true in the kubeconfig's exec section.",
    );
  return { apiVersion, server };
}

function parsed(text = "null"): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told by whoever looks for the cluster in it.
    return null;
  }
}
