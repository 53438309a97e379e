/** The scripted server of `grpc_server.ts` as a process of its own, for what happens to processes. */

import { startScriptedServer } from "./grpc_server.ts";

const { name } = await startScriptedServer();
console.log(JSON.stringify({ role: "serve", listen: name }));
