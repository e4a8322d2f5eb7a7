/**
 * The subdomain in what people paste: `acme`, `Acme.zendesk.com`, `https://acme.zendesk.com/agent/`, as ZCLI takes it apart. Whether
 * it can be one is for whoever makes an address of it to check.
 */
export function subdomainIn(text: string | undefined): string | undefined {
  const pasted = text?.trim().toLowerCase();
  const [, subdomain] = /^(?:https:\/\/)?([^/]*?)(?:\.zendesk\.com)?(?:\/.*)?$/.exec(pasted ?? "") ?? [];
  return subdomain === undefined || subdomain === "" ? pasted : subdomain;
}
