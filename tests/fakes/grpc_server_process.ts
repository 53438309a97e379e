/** A scripted server in a process of its own, which a test may stop: says where it listens; `--health`: and how it is. */

import { startScriptedServer } from "./grpc_server.ts";

const { name } = await startScriptedServer(0, { health: Deno.args.includes("--health") });
console.log(JSON.stringify({ listen: name }));
