/** COCO's JSON of detections, and of the images that they are in. */

import type { FrameRecord } from "../../record.ts";
import type { Summary } from "../../statistics.ts";
import type { FrameResult } from "../sink.ts";
import { cannotWrite, partOf } from "../write.ts";
import { companionOf } from "./coco_files.ts";
import { AppendFile, refuseIfThere } from "./append_file.ts";
import { side } from "./mot.ts";
import type { SinkPlace, SinkWriter } from "./writer.ts";

/** Ids of labels whose own number another label has, in models that number their labels differently. */
const OTHER_IDS = 1001;

/** What of a frame is kept until it is written. */
export type Seen =
  & Pick<FrameRecord, "frame" | "file" | "width" | "height" | "pts_ms" | "captured_at">
  & Required<Pick<FrameRecord, "detections">>;

/**
 * Writes a list of `{image_id, category_id, bbox, score}`, and a companion with `images` and
 * `categories`, as https://cocodataset.org/#format-results has them: `COCO(companion).loadRes(list)`
 * takes both. They grow as parts beside their places, and come there when they are whole.
 */
export class CocoWriter implements SinkWriter<Seen> {
  /** Labels in the order in which they were seen, with their ids. */
  readonly #categories = new Map<string, number>();
  #hasImages = false;
  #hasDetections = false;

  private constructor(
    private readonly path: string,
    private readonly detections: AppendFile,
    private readonly images: AppendFile,
  ) {}

  /** Begins both. @throws {SmarteyeError} when they cannot be written, or are there already. */
  static async open({ path, overwrite }: SinkPlace): Promise<CocoWriter> {
    const companion = companionOf(path);
    if (!overwrite) { for (const one of [path, companion]) await refuseIfThere(one); }
    await using opened = new AsyncDisposableStack();
    const begun = async (of: string, head: string) => {
      // A part that a killed run left is refused as what is whole is.
      const file = await AppendFile.open(partOf(of), overwrite);
      opened.defer(() => file.remove());
      await file.append(head);
      return file;
    };
    const detections = await begun(path, "[\n");
    const images = await begun(companion, '{"images":[\n');
    opened.move();
    return new CocoWriter(path, detections, images);
  }

  /** What it writes. */
  get description(): string {
    return this.path;
  }

  /** A frame of which it is known what it shows. */
  itemOf({ record }: FrameResult): Seen | undefined {
    const { frame, file, width, height, pts_ms, captured_at, detections } = record;
    if (!detections) return undefined;
    const own = { frame, width, height, pts_ms, captured_at, detections };
    return file === undefined ? own : { ...own, file };
  }

  /** Adds images and detections. @throws {SmarteyeError} when they cannot be written. */
  async write(frames: readonly Seen[]): Promise<void> {
    const { size } = this.images;
    const images = frames.map((frame) => JSON.stringify(imageOf(frame)));
    const detections = frames.flatMap((frame) => this.#detectionsOf(frame));
    await this.images.append(listed(images, this.#hasImages));
    try {
      await this.detections.append(listed(detections, this.#hasDetections));
    } catch (error) {
      await this.images.cut(size);
      throw error;
    }
    this.#hasImages ||= images.length > 0;
    this.#hasDetections ||= detections.length > 0;
  }

  /** Ends both, and brings them to their places. @throws {SmarteyeError} when that is not possible. */
  async close(summary?: Summary): Promise<void> {
    const { detections, images } = this;
    const companion = companionOf(this.path);
    if (!summary) return void await Promise.all([images.remove(), detections.remove()]);
    try {
      const categories = [...this.#categories].map(([name, id]) => ({ id, name }));
      const end = `\n],"annotations":[],"categories":${JSON.stringify(categories)}}\n`;
      await images.append(end);
      await detections.append("\n]\n");
    } finally {
      images.close();
      detections.close();
    }
    for (const path of [companion, this.path]) {
      await Deno.rename(partOf(path), path).catch((cause) => {
        throw cannotWrite(path, cause);
      });
    }
  }

  #detectionsOf({ frame, detections }: Seen): readonly string[] {
    return detections.map(({ label, class_id, score, box: [x1, y1, x2, y2] }) =>
      JSON.stringify({
        image_id: frame,
        category_id: this.#categoryOf(label, class_id),
        bbox: [x1, y1, side(x1, x2), side(y1, y2)],
        score,
      })
    );
  }

  #categoryOf(label: string, classId: number): number {
    const known = this.#categories.get(label);
    if (known !== undefined) return known;
    const taken = new Set(this.#categories.values());
    let id = classId + 1;
    for (let other = OTHER_IDS; taken.has(id); other++) id = other;
    this.#categories.set(label, id);
    return id;
  }
}

function imageOf({ frame, file, width, height, pts_ms, captured_at }: Seen) {
  const name = file ?? `frame_${String(frame).padStart(6, "0")}.jpg`;
  return { id: frame, width, height, file_name: name, date_captured: captured_at, pts_ms };
}

/** Entries as they go on in a list, or begin it. */
function listed(entries: readonly string[], isBegun: boolean): string {
  return (isBegun && entries.length > 0 ? ",\n" : "") + entries.join(",\n");
}
