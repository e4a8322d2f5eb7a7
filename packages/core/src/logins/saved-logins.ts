import { ownField, ownText } from "../untrusted/own-field.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { failed, found, type TokenSource, unavailable } from "../sources/source.ts";
import type { LoginPlace, LoginSlot, LoginStore, OpenLogin } from "./login-slot.ts";

/** How the logins of a service are kept. */
export interface SavedLoginsScheme<Facts extends object> {
  /** The provider's id. */
  readonly provider: string;
  /** Reads what is kept beside the token; `undefined` where it is no login of this service. */
  readonly read: (kept: unknown) => Facts | undefined;
  /** What opens them in this runtime: `() => import("#logins")`. Without `openLogin` there are none. */
  readonly load: () => Promise<{ readonly openLogin: OpenLogin | undefined }>;
}

/** The logins of a service that are kept on this machine. */
export interface SavedLogins<Facts extends object> {
  readonly provider: string;
  /** Throws what `failed` makes where there can be no such login. */
  open(place: LoginPlace): Promise<LoginSlot>;
  /** What is known of a login; `undefined` where there is none. Throws what `failed` makes for what is no login. */
  read(slot: LoginSlot, signal?: AbortSignal): Promise<(Facts & { readonly token: string }) | undefined>;
  /**
   * The token of a login, by its name, or of the one without. `check` may throw what `failed` makes, where the login is not for
   * what is asked: it is given what is known of the login, and what to call it.
   */
  source(
    login: string | true,
    store: LoginStore | undefined,
    check?: (facts: Facts, label: string) => void,
  ): TokenSource;
}

/** The logins of a service, by how they are kept. Nothing is loaded before one is asked for. */
export function savedLogins<Facts extends object>(scheme: SavedLoginsScheme<Facts>): SavedLogins<Facts> {
  const { provider } = scheme;

  async function open(place: LoginPlace): Promise<LoginSlot> {
    const { openLogin } = await scheme.load();
    if (openLogin !== undefined) return openLogin(provider, ownProperties(place));
    throw failed(
      "a saved login needs Node.js, Bun or Deno (of a bundler, the condition node)",
      "Pass the option token.",
    );
  }

  async function read(
    slot: LoginSlot,
    signal?: AbortSignal,
  ): Promise<(Facts & { readonly token: string }) | undefined> {
    const kept = await slot.read(signal);
    if (kept === undefined) return undefined;
    const token = ownText(kept, "token");
    const facts = scheme.read(kept);
    if (token === undefined || facts === undefined)
      throw failed(`what is kept as ${slot.label} is no login`, "Log in again with login().");
    return { ...facts, token };
  }

  return {
    provider,
    open,
    read,
    source(login, store, check) {
      const name = login === true ? "default" : login;
      return {
        name: `login ${name} in ${typeof store === "object" ? store.file : "the keychain"}`,
        async resolve({ signal }) {
          const slot = await open({ name, store });
          const kept = await read(slot, signal);
          if (kept === undefined)
            return unavailable(`there is no ${slot.label}`, logInWith(slot.name, store));
          check?.(kept, slot.label);
          return found(kept.token);
        },
      };
    },
  };
}

/** What makes the login that is missing. */
function logInWith(name: string, store: LoginStore | undefined): string {
  const named = name === "default" ? "" : `, name: ${JSON.stringify(name)}`;
  const kept = typeof store === "object" ? ", store" : "";
  return `Log in with login({ token${named}${kept} }).`;
}

/** The account that a login is for, as `verify` named it. */
export interface SavedAccount {
  readonly kind: string;
  readonly id: string;
  readonly label?: string;
}

/** The account of an identity, as it is kept. */
export function accountOf({ kind, id, label }: SavedAccount): SavedAccount {
  return { kind, id, ...(label !== undefined && { label }) };
}

/** What a login says of its account under `account`; `undefined` where it says nothing that fits. */
export function readAccount(kept: unknown): SavedAccount | undefined {
  const account = ownField(kept, "account");
  const [kind, id, label] = ["kind", "id", "label"].map((name) => ownText(account, name));
  if (kind === undefined || id === undefined) return undefined;
  return { kind, id, ...(label !== undefined && { label }) };
}
