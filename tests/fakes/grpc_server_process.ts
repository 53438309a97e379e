/** A scripted server in a process of its own, which a test may stop: says where it listens. */

import { startScriptedServer } from "./grpc_server.ts";

const { name } = await startScriptedServer();
console.log(JSON.stringify({ listen: name }));
