/**
 * Keeps a page as things are: what comes from the forwarder, once a second, goes where it differs from what
 * stands there, so that what is focused or selected stays. Without this script a page is as it was loaded.
 */

const live = document.getElementById("live");
const trouble = document.getElementById("trouble");
/** @type {EventSource | undefined} */
let stream;

/** Makes one element as another: rows and sections are known by their keys, all else by its place. */
function become(old, now) {
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  become.children(old, now);
}

become.children = (old, now) => {
  const keyOf = (node) => node.dataset?.key;
  const keyed = new Map([...old.children].map((one) => [keyOf(one), one]));
  let at = old.firstChild;
  for (const next of [...now.childNodes]) {
    const key = keyOf(next);
    const isAlike = at && at.nodeName === next.nodeName && keyOf(at) === undefined;
    const known = key !== undefined ? keyed.get(key) : isAlike ? at : undefined;
    if (!known || known.nodeName !== next.nodeName) {
      old.insertBefore(next, at);
      continue;
    }
    if (known === at) at = at.nextSibling;
    else old.insertBefore(known, at);
    if (known.nodeType !== Node.ELEMENT_NODE) {
      if (known.data !== next.data) known.data = next.data;
    } else if (!known.hasAttribute("data-keep")) become(known, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
};

function follow() {
  stream?.close();
  const address = location.pathname + location.search;
  stream = new EventSource(`/live?of=${encodeURIComponent(address)}`);
  stream.onopen = () => trouble.textContent = "";
  stream.onmessage = ({ data }) => {
    const now = document.createElement("template");
    now.innerHTML = JSON.parse(data).html;
    become.children(live, now.content);
  };
  stream.onerror = ({ target }) => {
    trouble.textContent = target.readyState === EventSource.CLOSED
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

// Edges are found as their names are typed.
document.addEventListener("input", ({ target }) => {
  if (target.id !== "edge") return;
  const query = new URLSearchParams(new FormData(target.form));
  for (const [name, value] of [...query]) if (value === "") query.delete(name);
  history.replaceState(null, "", query.size > 0 ? `/?${query}` : "/");
  follow();
});

look();
