/** The schemas that validate, as JSON Schema, and their places in the document. */

import { z } from "zod";
import {
  OriginalAnswer,
  OriginalFields,
  ProbeAnswer,
  VisionAnswer,
  VisionError,
  VisionFields,
  VisionModels,
  VisionPing,
} from "../proto/http_answers.ts";
import { InferAnswer, InferFields, ServersAnswer } from "../proto/http_codec.ts";
import { EdgesAnswer } from "../proto/http_edges.ts";
import { ErrorAnswer } from "../proto/http_errors.ts";
import { ReloadAnswer } from "../proto/http_reload.ts";
import type { Schema } from "../proto/http_schema.ts";
import type { Schema as JsonSchema } from "./openapi_types.ts";

/** Names of what answers look like. */
export type AnswerName =
  | ("InferAnswer" | "OriginalAnswer" | "ErrorAnswer")
  | ("VisionAnswer" | "VisionModels" | "VisionPing" | "VisionError")
  | ("ProbeAnswer" | "ServersAnswer" | "EdgesAnswer" | "ReloadAnswer");

const ANSWERS: Readonly<Record<AnswerName, Schema<unknown>>> = {
  ...{ InferAnswer, OriginalAnswer, ErrorAnswer },
  ...{ VisionAnswer, VisionModels, VisionPing, VisionError },
  ...{ ProbeAnswer, ServersAnswer, EdgesAnswer, ReloadAnswer },
};

/** What a request says in its query or its form. */
export const FIELDS: Readonly<
  Record<"InferFields" | "VisionFields" | "OriginalFields", Schema<unknown>>
> = { InferFields, VisionFields, OriginalFields };

/** What answers look like, by their names. */
export function schemas(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(ANSWERS).map(([name, schema]) => [name, jsonOf(schema)]),
  );
}

/** Where one of them stands in the document. */
export function ref(name: AnswerName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Fields as they are in a query or a form: those that have a default need not be there. */
export function fieldsOf(
  schema: Schema<unknown>,
): { readonly properties: Readonly<Record<string, JsonSchema>>; readonly required: string[] } {
  const { properties = {}, required = [] } = jsonOf(schema);
  return {
    properties,
    required: required.filter((name) => properties[name]?.default === undefined),
  };
}

/** As JSON Schema, by zod itself: ours are zod's, which elsewhere nobody needs to know. */
function jsonOf(schema: Schema<unknown>): JsonSchema {
  if (!(schema instanceof z.ZodType)) throw new TypeError("Cannot tell a schema: it is not zod's");
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "output",
    override({ zodSchema, jsonSchema }) {
      // What is taken instead of a value that cannot be is the reader's, and in no answer.
      if (zodSchema._zod.def.type === "catch") delete jsonSchema.default;
      // All that JavaScript can count to is no bound that anybody meets.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return json as JsonSchema;
}
