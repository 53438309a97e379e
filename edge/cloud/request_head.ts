/** The head of a request. */

/**
 * What stands in it: names and values in turn. Deno makes a span of each request whose head is given by
 * name: it would stand between ours and the forwarder's, and tell the whole URL. A list `node:http` takes
 * as it is, and adds neither the host nor who asks.
 */
export function requestHead(
  url: URL,
  said: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const { host, username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = login === ":"
    ? undefined
    : `Basic ${new TextEncoder().encode(login).toBase64()}`;
  const fields = Object.entries({ host, authorization, ...said });
  return fields.flatMap(([name, value]) => value === undefined ? [] : [name, value]);
}
