/** The keys of a section `[sink:NAME]` that only some kinds have: each kind says which, and what they come to. */

import { IMAGES_DEFAULTS } from "../../edge/sink/added/images/options.ts";
import { MQTT_DEFAULTS } from "../../edge/sink/added/mqtt/options.ts";
import { NATS_DEFAULTS } from "../../edge/sink/added/nats/options.ts";
import type { OwnOptions } from "../../edge/sink/added/options.ts";
import type { Secret } from "../../edge/sink/added/secret.ts";
import { VIDEO_DEFAULTS, VIDEO_FILES } from "../../edge/sink/added/video/options.ts";
import { WEBHOOK_DEFAULTS } from "../../edge/sink/added/webhook/options.ts";
import type { Key } from "./key.ts";
import { choice, imagesRule, like, listOf, optional, plain, text, token, whole } from "./kinds.ts";
import type { ValueOf } from "./settings.ts";

/** What a kind may say of the values of its keys. */
export interface OwnProblems {
  /** Something is wrong with a key. */
  readonly add: (key: string, found: string, wanted: string) => void;
  /** There is to be a file. */
  readonly checkIsFile: (key: string, path: string) => void;
  /** A source of the sink that keeps no pictures of its events; `undefined` where all do. */
  readonly withoutSnapshots: string | undefined;
}

/** The keys of one kind, and what their values come to; `undefined` is what is not given. */
export interface OwnKeys<O = unknown> {
  /** By their names: one of the same name in two kinds is the same. */
  readonly keys: Readonly<Record<string, Key>>;
  /** What they come to. Adds to the problems what is wrong with them together. */
  readonly options: (values: Readonly<Record<string, unknown>>, problems: OwnProblems) => O;
}

function own<const K extends Readonly<Record<string, Key>>, O>(
  keys: K,
  options: (values: { readonly [N in keyof K]: ValueOf<K[N]> }, problems: OwnProblems) => O,
): OwnKeys<O> {
  // Each value is what the key's own kind made of a text.
  return { keys, options: options as OwnKeys<O>["options"] };
}

const file = (about: string) => ({
  kind: optional(plain("the path of a file")),
  default: "",
  about,
});

const HEIGHT = {
  kind: optional(whole("pixels", 16, 4320)),
  default: "",
  about: "height that video and images are scaled down to at most; empty = 720, of images as it is",
};

const CA_FILE = file("PEM file with authorities that are trusted, too, of mqtt, webhook and nats");

const PASSWORD = {
  kind: optional(text()),
  default: "",
  about: "password of the user in where, of mqtt and nats",
  secret: true,
} as const;

const PASSWORD_FILE = file("file with that password, of mqtt and nats");

const TOKEN = {
  kind: optional(token()),
  default: "",
  about: "bearer token of webhook, token of nats",
  secret: true,
} as const;

const TOKEN_FILE = file("file with that token, of webhook and nats");

const SNAPSHOTS = ["none", "inline", "multipart", "retained"] as const;

const SNAPSHOT = {
  kind: optional(choice(SNAPSHOTS)),
  default: "",
  about: "pictures of events: none, inline (webhook, nats), multipart (webhook), retained (mqtt)",
};

/** By kind. */
export const SINK_OWN_KEYS: { readonly [K in keyof OwnOptions]-?: OwnKeys<OwnOptions[K]> } = {
  video: own({
    every: {
      kind: optional(choice(VIDEO_FILES)),
      default: "",
      about: "when video begins another file: run, hour; empty = run",
    },
    height: HEIGHT,
    crf: {
      kind: optional(whole("x264's constant quality", 0, 51)),
      default: "",
      about: "quality of video, 0 (best) to 51, 6 more is about half the bytes; empty = 23",
    },
  }, ({ every, height, crf }) => ({
    every: every ?? VIDEO_DEFAULTS.every,
    heightMax: height ?? VIDEO_DEFAULTS.heightMax,
    crf: crf ?? VIDEO_DEFAULTS.crf,
  })),

  images: own({
    rule: {
      kind: optional(imagesRule()),
      default: "",
      about: "which frames images are made of: all, detections, every N; empty = all",
    },
    height: HEIGHT,
    quality: {
      kind: optional(whole("JPEG quality", 1, 100)),
      default: "",
      about: "JPEG quality of images, 1 to 100; empty = 88",
    },
  }, ({ rule = IMAGES_DEFAULTS.rule, height, quality }, problems) => {
    if (rule === "none") problems.add("rule", '"none"', "all, detections or every N");
    return {
      rule: rule === "none" ? IMAGES_DEFAULTS.rule : rule,
      heightMax: height ?? IMAGES_DEFAULTS.heightMax,
      quality: quality ?? IMAGES_DEFAULTS.quality,
    };
  }),

  mqtt: own({
    password: PASSWORD,
    password_file: PASSWORD_FILE,
    ca_file: CA_FILE,
    version: {
      kind: optional(choice(["3.1.1", "5"])),
      default: "",
      about: "version of mqtt: 3.1.1, 5; empty = 3.1.1",
    },
    discovery: {
      kind: optional(
        like(/^[\w-]+(\/[\w-]+)*$/, "a topic's prefix of letters, digits, - and _, or none"),
      ),
      default: "",
      about:
        "prefix under which mqtt tells Home Assistant of devices, or none; empty = homeassistant",
    },
    labels: {
      kind: optional(listOf(plain("labels, such as person, car"))),
      default: "",
      about: "labels of things that mqtt tells of; empty = all, as they are seen first",
    },
    snapshot: SNAPSHOT,
  }, ({ password, password_file, ca_file, version, discovery, labels, snapshot }, problems) => ({
    password: secretOf({ password, password_file }, problems),
    authorities: existing({ ca_file }, problems),
    version: version === "5" ? 5 : MQTT_DEFAULTS.version,
    discovery: discovery === "none" ? undefined : discovery ?? MQTT_DEFAULTS.discovery,
    labels: labels ?? MQTT_DEFAULTS.labels,
    snapshots: snapshotOf(snapshot, ["none", "retained"], problems) !== "none",
  })),

  webhook: own({
    secret: {
      kind: optional(text()),
      default: "",
      about: "what messages of webhook are signed with: any text, or whsec_ and Base64",
      secret: true,
    },
    secret_file: file("file with that secret, of webhook"),
    token: TOKEN,
    token_file: TOKEN_FILE,
    ca_file: CA_FILE,
    snapshot: SNAPSHOT,
  }, ({ secret, secret_file, token, token_file, ca_file, snapshot }, problems) => ({
    secret: secretOf({ secret, secret_file }, problems),
    token: secretOf({ token, token_file }, problems),
    authorities: existing({ ca_file }, problems),
    snapshot: snapshotOf(snapshot, ["none", "inline", "multipart"], problems) ??
      WEBHOOK_DEFAULTS.snapshot,
  })),

  nats: own({
    creds_file: file("file of credentials of nats, as nsc writes it"),
    password: PASSWORD,
    password_file: PASSWORD_FILE,
    token: TOKEN,
    token_file: TOKEN_FILE,
    ca_file: CA_FILE,
    stream: {
      kind: optional(like(/^[\w-]{1,255}$/, "a stream's name of letters, digits, - and _")),
      default: "",
      about: "stream of nats that is made where there is none of that name; empty = none is",
    },
    snapshot: SNAPSHOT,
  }, (values, problems) => {
    const { creds_file, password, password_file, token, token_file, ca_file } = values;
    return {
      credentials: existing({ creds_file }, problems),
      password: secretOf({ password, password_file }, problems),
      token: secretOf({ token, token_file }, problems),
      authorities: existing({ ca_file }, problems),
      stream: values.stream,
      snapshot: snapshotOf(values.snapshot, ["none", "inline"], problems) ?? NATS_DEFAULTS.snapshot,
    };
  }),
};

/** Every key that only some kinds have, by its name. */
export const ALL_OWN_KEYS: Readonly<Record<string, Key>> = Object.assign(
  {},
  ...Object.values(SINK_OWN_KEYS).map(({ keys }) => keys),
);

/** The kinds that have a key, for people: `video and images`. */
export function kindsWith(key: string): string {
  return Object.entries(SINK_OWN_KEYS).filter(([, { keys }]) => Object.hasOwn(keys, key))
    .map(([kind]) => kind).join(", ").replace(/, ([^,]*)$/, " and $1");
}

/** A secret, by its key and that of the file that it is in. */
function secretOf(
  given: Readonly<Record<string, string | undefined>>,
  problems: OwnProblems,
): Secret | undefined {
  const [[key, text], [fileKey, file]] = Object.entries(given) as [
    [string, string | undefined],
    [string, string | undefined],
  ];
  if (text !== undefined && file !== undefined) {
    problems.add(fileKey, `${key} as well`, "only one of the two");
  }
  if (text !== undefined) return { text };
  return file === undefined ? undefined : { file: existing({ [fileKey]: file }, problems)! };
}

/** A path at which there is to be a file. */
function existing(
  given: Readonly<Record<string, string | undefined>>,
  problems: OwnProblems,
): string | undefined {
  const [[key, path]] = Object.entries(given) as [[string, string | undefined]];
  if (path !== undefined) problems.checkIsFile(key, path);
  return path;
}

/** How pictures go along: in one of the ways of the kind, and only where there are pictures. */
function snapshotOf<const W extends typeof SNAPSHOTS[number]>(
  way: typeof SNAPSHOTS[number] | undefined,
  ways: readonly W[],
  { add, withoutSnapshots }: OwnProblems,
): W | undefined {
  if (way === undefined) return undefined;
  const one = ways.find((one) => one === way);
  if (one === undefined) add("snapshot", `"${way}"`, ways.join(", "));
  else if (one !== "none" && withoutSnapshots !== undefined) {
    const found = `"${way}", and no pictures of events of the source ${withoutSnapshots}`;
    add("snapshot", found, "events = all, of the source or in [results]");
  }
  return one;
}
