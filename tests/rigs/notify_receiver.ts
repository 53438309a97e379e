/**
 * A service manager's socket, in a process of its own: `deno run --unstable-net -A THIS PATH` prints each
 * message as one line of JSON, and nothing else. Run so, since Deno opens Unix datagram sockets only with
 * that flag.
 */

/** What is used of Deno's unstable socket. */
interface Datagrams {
  listenDatagram(at: { transport: "unixpacket"; path: string }): {
    receive(): Promise<[Uint8Array, unknown]>;
  };
}

if (import.meta.main) {
  const { listenDatagram } = Deno as unknown as Datagrams;
  const socket = listenDatagram({ transport: "unixpacket", path: Deno.args[0]! });
  console.log(JSON.stringify("listening"));
  for (;;) {
    const [bytes] = await socket.receive();
    console.log(JSON.stringify(new TextDecoder().decode(bytes)));
  }
}
