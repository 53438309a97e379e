/**
 * Keeps a page as things are: what comes from the forwarder, once a second, goes where it differs from what
 * stands there, so that what is focused or selected stays. Without this script a page is as it was loaded.
 */

const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("trouble"));
/** @type {EventSource | undefined} */
let stream;

/** Rows and sections are known by their keys. @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute("data-key") ?? undefined : undefined;
}

/** Makes an element as another one is. @param {Element} old @param {Element} now */
function become(old, now) {
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  hold(old, now);
}

/**
 * Has an element hold what another one does: what has a key is found by it, all else by its place.
 *
 * @param {Element} old @param {Element | DocumentFragment} now
 */
function hold(old, now) {
  const keyed = new Map([...old.children].map((one) => [keyOf(one), one]));
  /** @type {ChildNode | null} */
  let at = old.firstChild;
  for (const next of [...now.childNodes]) {
    const key = keyOf(next);
    const isAlike = at?.nodeName === next.nodeName && keyOf(at) === undefined;
    const known = key !== undefined ? keyed.get(key) : isAlike ? at : undefined;
    if (!known || known.nodeName !== next.nodeName) {
      old.insertBefore(next, at);
      continue;
    }
    if (known === at) at = at.nextSibling;
    else old.insertBefore(known, at);
    if (known instanceof Element && next instanceof Element) {
      if (!known.hasAttribute("data-keep")) become(known, next);
    } else if (known.nodeValue !== next.nodeValue) known.nodeValue = next.nodeValue;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** Shows the page of the address from now on. */
function follow() {
  stream?.close();
  const address = location.pathname + location.search;
  const source = stream = new EventSource(`/live?of=${encodeURIComponent(address)}`);
  source.onopen = () => trouble.textContent = "";
  source.onmessage = ({ data }) => {
    const now = document.createElement("template");
    now.innerHTML = JSON.parse(data).html;
    hold(live, now.content);
  };
  source.onerror = () => {
    trouble.textContent = source.readyState === EventSource.CLOSED
      ? "The forwarder does not go on with this page: it is as it was. Load it again."
      : "No connection to the forwarder: this page is as it was. Trying again…";
  };
}

/** Who does not look costs nothing. */
function look() {
  if (document.visibilityState === "visible") follow();
  else stream?.close();
}

document.addEventListener("visibilitychange", look);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) look();
});

// Edges are found as their names are typed.
document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.id !== "edge" || !target.form) return;
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(target.form)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  history.replaceState(null, "", query.size > 0 ? `/?${query}` : "/");
  follow();
});

look();
