/** The two files of COCO: results, and what they are of. */

/** Where the images are: `coco_images.json` beside `coco_results.json`, else `NAME_images.json`. */
export function companionOf(path: string): string {
  const [, stem, ending = ""] = /^(.*?)(\.json)?$/is.exec(path)!;
  return `${stem!.replace(/_results$/, "")}_images${ending}`;
}
