/** Server reflection as tools use it. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { type Client, credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { Served } from "../../tests/fakes/served.ts";

interface Told {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly errorResponse?: { readonly errorCode: number };
}

/** A stream of questions, in one version of the protocol. */
function asking(served: Served, version: "v1" | "v1alpha") {
  const { resolve } = createRequire(import.meta.url);
  const proto = resolve(`@grpc/reflection/build/proto/grpc/reflection/${version}/reflection.proto`);
  const types = loadPackageDefinition(loadSync(proto)) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: typeof Client }> };
  };
  const Reflection = types.grpc.reflection[version]!.ServerReflection;
  const client = new Reflection(`127.0.0.1:${served.server.port}`, credentials.createInsecure());
  const stream =
    (client as unknown as Record<string, () => ReturnType<Client["makeBidiStreamRequest"]>>)[
      "ServerReflectionInfo"
    ]!();
  stream.on("error", () => {}); // that it was cancelled
  const answers = stream[Symbol.asyncIterator]();
  return {
    stream,
    async ask(question: object): Promise<Told> {
      stream.write(question);
      return (await answers.next()).value as Told;
    },
    [Symbol.dispose]() {
      stream.cancel();
      client.close();
    },
  };
}

for (const version of ["v1", "v1alpha"] as const) {
  Deno.test(`every service of the port is told, its own too, in ${version}`, async () => {
    await using served = await Served.starting();
    using asked = asking(served, version);
    const { listServicesResponse } = await asked.ask({ listServices: "" });
    const names = listServicesResponse!.service.map(({ name }) => name).sort();
    assert.deepEqual(names, [
      "MsgTransfer",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "inference.GRPCInferenceService",
      "smarteye.v1.Inference",
    ]);
    for (const name of names) {
      const { fileDescriptorResponse } = await asked.ask({ fileContainingSymbol: name });
      assert.ok(fileDescriptorResponse!.fileDescriptorProto[0]!.length > 100, name);
    }
  });
}

Deno.test("what there is not is not found, whatever it is called", async () => {
  await using served = await Served.starting();
  using asked = asking(served, "v1");
  for (const name of ["nobody", "constructor", "__proto__", "toString", ""]) {
    for (const question of [{ fileContainingSymbol: name }, { fileByFilename: name }]) {
      const { errorResponse } = await asked.ask(question);
      assert.equal(errorResponse?.errorCode, 5, JSON.stringify(question));
    }
  }
});
