/** Whom a token speaks for, as the service says. A provider adds its own fields. */
export interface Identity {
  /** `"user"`, `"organization"`, … */
  readonly kind: string;
  /** The service's own id. */
  readonly id: string;
  /** A name for people, where the service gives one. */
  readonly label?: string;
}
