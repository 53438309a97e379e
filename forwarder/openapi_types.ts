/** OpenAPI 3.1, as far as ours goes: https://spec.openapis.org/oas/v3.1.0 */

/** A JSON Schema, as far as ours go. */
export interface Schema {
  /** Another one, by its place in the document. */
  readonly $ref?: string;
  /** `string`, `object` and so on. */
  readonly type?: string;
  /** More than the type tells. */
  readonly format?: string;
  /** For people. */
  readonly description?: string;
  /** What is meant when there is none. */
  readonly default?: unknown;
  /** The only value. */
  readonly const?: unknown;
  /** All values. */
  readonly enum?: readonly unknown[];
  /** The least number. */
  readonly minimum?: number;
  /** The greatest number. */
  readonly maximum?: number;
  /** One of these. */
  readonly anyOf?: readonly Schema[];
  /** Of each element. */
  readonly items?: Schema;
  /** Of each element, one by one. */
  readonly prefixItems?: readonly Schema[];
  /** Of each field. */
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Fields that are always there. */
  readonly required?: readonly string[];
}

/** A body, by its type. */
export type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** What may be asked at a path by one method. */
export interface Operation {
  /** Groups that it is shown in. */
  readonly tags: readonly string[];
  /** A few words. */
  readonly summary: string;
  /** For people. */
  readonly description?: string;
  /** What is said beside the body. */
  readonly parameters?: readonly Parameter[];
  /** What it takes. */
  readonly requestBody?: { readonly content: Content };
  /** What it answers, by status. */
  readonly responses: Readonly<
    Record<string, {
      readonly description: string;
      readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
      readonly content?: Content;
    }>
  >;
}

/** What is said beside the body. */
export interface Parameter {
  /** As it is written. */
  readonly name: string;
  /** `query`, `path` or `header`. */
  readonly in: string;
  /** Whether it has to be there. */
  readonly required?: boolean;
  /** For people. */
  readonly description?: string;
  /** What it may be. */
  readonly schema: Schema;
}

/** The document, as far as the page shows it. */
export interface OpenApi {
  /** OpenAPI's version. */
  readonly openapi: string;
  /** What it is about. */
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** Groups. */
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** What may be asked. */
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get?: Operation;
        readonly post?: Operation;
        readonly parameters?: readonly Parameter[];
      }
    >
  >;
  /** What answers look like. */
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
