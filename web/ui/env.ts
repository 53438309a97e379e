/** What a route of a page knows beside the request. */

/** What a request that is no GET brought, read to its end. */
export type Sent =
  | { readonly kind: "nothing" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "form"; readonly fields: Readonly<Record<string, string>> };

/** Of the shell's routes, as Hono wants to know it. */
export interface UiEnv {
  /** What comes with each request. */
  readonly Bindings: {
    /** The other end's IP address. */
    readonly peer: string;
  };
  /** What the shell finds out before a route is asked. */
  readonly Variables: {
    /** The name of the session; empty where none is wanted, or a token was given. */
    session: string;
    /** What a form has to send as its field `form_token`. */
    formToken: string;
    /** What was sent; `nothing` of a GET. */
    sent: Sent;
  };
}
