/**
 * The page of what was seen: times as the reader's clock has them.
 *
 * @module
 */

for (const time of document.querySelectorAll("time")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) {
    time.title = time.textContent ?? "";
    time.textContent = at.toLocaleString();
  }
}
