/** What operations are answered, as OpenAPI tells it: answers, errors, and their headers. */

import { type ErrorMapping, ERRORS } from "../core/errors.ts";
import { type AnswerName, ref } from "./openapi_schemas.ts";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Headers of answers, by their places in the document. */
export const HEADERS: Json = {
  RequestId: {
    description: "What the request is called in logs and errors: as it says itself, or a new word.",
    required: true,
    schema: { type: "string" },
  },
  RetryAfter: {
    description: "Seconds after which another try may succeed.",
    required: true,
    schema: { type: "integer", minimum: 1 },
  },
  Authenticate: {
    description: "How to show a token.",
    required: true,
    schema: { type: "string", const: "Bearer" },
  },
};

/** A status of errors that somebody may see: a client that has left sees none, and no path claims. */
export type ErrorStatus = Exclude<ErrorMapping["http"], 409 | 499>;

const MEANINGS: Readonly<Record<ErrorStatus, string>> = {
  400: "It is no image, or a field is wrong.",
  401: "A token is wanted, and there is none that is known.",
  403: "This token may not ask for that.",
  404: "No server has that model.",
  408: "The body did not come in time.",
  413: "The body, or the image, is too large.",
  415: "It is compressed, or of a type that nobody here reads.",
  429: "This client asks too often, or for too much at once.",
  500: "Something broke.",
  503: "The forwarder or its servers are full, down or leaving.",
  504: "The deadline has passed.",
};

/** All of them: an inference may end with each. */
export const ERROR_STATUSES: readonly ErrorStatus[] = [
  ...new Set(Object.values(ERRORS).map(({ http }) => http)),
].filter(isSeen);

function isSeen(status: ErrorMapping["http"]): status is ErrorStatus {
  return status in MEANINGS;
}

/** An answer of JSON. */
export function answer(description: string, ...names: readonly AnswerName[]): Json {
  const schema = names.length === 1 ? ref(names[0]!) : { anyOf: names.map(ref) };
  return told(description, { "application/json": { schema } });
}

/** An answer of any type. */
export function told(description: string, content: Json): Json {
  return { description, headers: headers("RequestId"), content };
}

/** Errors by their statuses; `meanings` says of some what is meant here. */
export function refusals(
  name: "ErrorAnswer" | "VisionError",
  statuses: readonly ErrorStatus[],
  meanings: Partial<Record<ErrorStatus, string>> = {},
): Json {
  return Object.fromEntries(statuses.map((status) => [status, {
    ...answer(meanings[status] ?? MEANINGS[status], name),
    headers: {
      ...headers("RequestId"),
      ...(status === 429 || status === 503 ? headers("RetryAfter") : {}),
      ...(status === 401 ? headers("Authenticate") : {}),
    },
  }]));
}

const NAMES = {
  RequestId: "x-request-id",
  RetryAfter: "retry-after",
  Authenticate: "www-authenticate",
} as const;

function headers(key: keyof typeof NAMES): Json {
  return { [NAMES[key]]: { $ref: `#/components/headers/${key}` } };
}
