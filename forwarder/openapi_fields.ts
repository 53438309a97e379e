/** A JSON Schema as lists of fields, for people: names as they are written in programs, types in words. */

import type { Schema } from "./openapi_types.ts";

/** A field, however deep it lies. */
export interface Field {
  /** As `detections[].box`; empty of a value that has no fields. */
  readonly name: string;
  /** Whether it is always there, where what it lies in is. */
  readonly isWanted: boolean;
  /** As `number from 0 to 1`. */
  readonly type: string;
  /** For people; may be empty. */
  readonly description: string;
}

/** The fields of a schema: one list, or one for each of those that it may be. */
export function fieldsIn(schema: Schema): Field[][] {
  if (schema.anyOf) return schema.anyOf.flatMap(fieldsIn);
  if (schema.properties) return [within(schema, "")];
  const { description = "" } = schema;
  return [[{ name: "", isWanted: true, type: typeOf(schema), description }]];
}

function within({ properties = {}, required = [] }: Schema, before: string): Field[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = before + key;
    const { items, description = "" } = schema;
    const itself = { name, isWanted: required.includes(key), type: typeOf(schema), description };
    if (schema.properties) return [itself, ...within(schema, `${name}.`)];
    return items?.properties ? [itself, ...within(items, `${name}[].`)] : [itself];
  });
}

function typeOf(schema: Schema): string {
  const { type = "any", format, minimum, maximum, prefixItems, items } = schema;
  if (schema.$ref) return schema.$ref.split("/").at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (prefixItems) return `[${prefixItems.map(typeOf).join(", ")}]`;
  if (items) return `list of ${items.properties ? "objects" : typeOf(items)}`;
  const bounds = minimum === undefined
    ? maximum === undefined ? "" : `, at most ${maximum}`
    : maximum === undefined
    ? `, at least ${minimum}`
    : ` from ${minimum} to ${maximum}`;
  const given = schema.default === undefined ? "" : `; ${JSON.stringify(schema.default)} if absent`;
  return `${format ?? type}${bounds}${given}`;
}
