/** What holds values of the wire against what is wanted, whichever library does it. */

/** Holds what came over the wire against what is wanted. Fields that nobody asked for are left out. */
export interface Schema<T> {
  /** The value, checked. @throws {Error} saying every problem. */
  parse(value: unknown): T;
  /** The same, with the problems as a value: each with the path of the field that it is about. */
  safeParse(value: unknown): Parsed<T>;
}

/** A checked value, or what is wrong with it. */
export type Parsed<T> =
  | { readonly success: true; readonly data: T; readonly error?: undefined }
  | {
    readonly success: false;
    readonly data?: undefined;
    readonly error: {
      readonly issues: readonly {
        readonly path: readonly PropertyKey[];
        readonly message: string;
      }[];
    };
  };
