/** `deploy/kubernetes`: what an API server and a kubelet would object to, without either. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { PERMISSIONS } from "../core/executable.ts";
import { testWhere } from "./fakes/data.ts";
import { Program, program } from "./fakes/program.ts";
import { type Manifest, manifestsIn, readManifests, selects } from "./rigs/manifests.ts";
import { pythonHas, runClient } from "./rigs/python_clients.ts";

const DIRECTORY = fileURLToPath(new URL("../deploy/kubernetes", import.meta.url));
const BASE = `${DIRECTORY}/base`;

/** Of Kubernetes: the oldest that probes by gRPC without being told to, some between, the newest. */
const VERSIONS = "1.27,1.30,1.34,1.37";

/** A study's: `tests/lab_cluster_test.ts` holds what else is wanted of them. */
const LAB = ["namespace", "volumes", "network_policy", "simulate", "merge/merge"]
  .map((file) => `${DIRECTORY}/lab/${file}.yaml`);

/** Milliseconds that each role takes to drain, and seconds that are to spare in a pod's grace. */
const DRAIN_S: Readonly<Record<string, number>> = { serve: 10, forward: 11 };
const SPARE_S = 10;

const kustomization = parse(await Deno.readTextFile(`${BASE}/kustomization.yaml`));
const files: readonly string[] = kustomization.resources;
const manifests = await readManifests(BASE, files);
const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind);
const deployments = ofKind("Deployment");
const podOf = ({ spec }: Manifest) => spec.template.spec;
const labelsOf = ({ spec }: Manifest) => spec.template.metadata.labels;
const containerOf = (deployment: Manifest) => {
  const { containers } = podOf(deployment);
  assert.equal(containers.length, 1);
  return containers[0];
};
/** Whether a container has a port of that name or number. */
const hasPort = (deployment: Manifest, port: string | number) =>
  containerOf(deployment).ports.some((one: { name: string; containerPort: number }) =>
    [one.name, one.containerPort].includes(port)
  );
const roleOf = ({ metadata }: Manifest) => metadata.name.replace("smarteye-", "");
const selected = (labels: Record<string, string>) =>
  deployments.filter((one) => selects(labels, labelsOf(one)));

testWhere(
  "SMARTEYE_TEST_PYTHON has kubernetes-validate",
  pythonHas("kubernetes_validate"),
  "Kubernetes' own schemas accept the manifests, and know each field",
  async () => {
    const paths = [...files.map((file) => `${BASE}/${file}`), ...LAB];
    assert.deepEqual(await runClient("kubernetes_schema.py", VERSIONS, ...paths), []);

    const typo = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      const text = await Deno.readTextFile(`${BASE}/serve.yaml`);
      await Deno.writeTextFile(typo, text.replace("readinessProbe:", "readynessProbe:"));
      const problems = await runClient("kubernetes_schema.py", "1.37", typo) as string[];
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, /readynessProbe/);
    } finally {
      await Deno.remove(typo);
    }
  },
);

testWhere(
  "kubectl is installed",
  await hasKubectl(),
  "kubectl builds both variants; the schemas accept them, too",
  async () => {
    for (const variant of ["base", "gpu"]) {
      const { success, stdout, stderr } = await new Deno.Command("kubectl", {
        args: ["kustomize", `${DIRECTORY}/${variant}`],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const built = manifestsIn(new TextDecoder().decode(stdout));
      assert.equal(built.length, manifests.length + 2, "and two ConfigMaps");
      const names = built.filter(({ kind }) => kind === "ConfigMap").map(({ metadata }) =>
        metadata.name
      );
      for (const deployment of built.filter(({ kind }) => kind === "Deployment")) {
        const volume = podOf(deployment).volumes.find((one: { name: string }) =>
          one.name === "config"
        );
        assert.ok(names.includes(volume.configMap.name), volume.configMap.name);
        const gpus = containerOf(deployment).resources.limits["nvidia.com/gpu"];
        const isServe = roleOf(deployment) === "serve";
        assert.equal(gpus, variant === "gpu" && isServe ? "1" : undefined);
      }
      if (!pythonHas("kubernetes_validate")) {
        console.log("not against the schemas: SMARTEYE_TEST_PYTHON has no kubernetes-validate");
        continue;
      }
      const path = await Deno.makeTempFile({ suffix: ".yaml" });
      await Deno.writeFile(path, stdout);
      assert.deepEqual(await runClient("kubernetes_schema.py", VERSIONS, path), []);
      await Deno.remove(path);
    }
  },
);

Deno.test("both roles of the cloud are there, with all that belongs to each", () => {
  assert.deepEqual(deployments.map(roleOf).sort(), ["forward", "serve"]);
  const kinds = ["Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"];
  for (const kind of kinds) {
    assert.deepEqual(ofKind(kind).map(roleOf).sort(), ["forward", "serve"], kind);
  }
  const { pairs } = kustomization.labels[0];
  assert.deepEqual(Object.keys(pairs), ["app.kubernetes.io/part-of"], "no selector is changed");
  assert.equal(ofKind("Namespace")[0]!.metadata.name, kustomization.namespace);
});

Deno.test("selectors select one role's pods, and ports are those of its container", () => {
  for (const one of [...deployments, ...ofKind("PodDisruptionBudget")]) {
    const found = selected(one.spec.selector.matchLabels);
    assert.deepEqual(found.map(roleOf), [roleOf(one)], `${one.kind} ${one.metadata.name}`);
  }
  for (const service of ofKind("Service")) {
    const [deployment, ...others] = selected(service.spec.selector);
    assert.deepEqual([roleOf(deployment!), others], [roleOf(service), []]);
    for (const { targetPort } of service.spec.ports) {
      assert.ok(hasPort(deployment!, targetPort), `${service.metadata.name} ${targetPort}`);
    }
  }
  for (const { metadata, spec } of ofKind("HorizontalPodAutoscaler")) {
    assert.deepEqual([spec.scaleTargetRef.kind, spec.scaleTargetRef.name], [
      "Deployment",
      metadata.name,
    ]);
    const deployment = deployments.find((one) => one.metadata.name === metadata.name)!;
    assert.equal(deployment.spec.replicas, undefined, "two would decide on replicas");
    assert.ok(containerOf(deployment).resources.requests.cpu, "use is told by what is requested");
  }
});

Deno.test("network policies: servers take calls of forwarders alone, ports are real", () => {
  for (const { metadata, spec } of ofKind("NetworkPolicy")) {
    const [deployment] = selected(spec.podSelector.matchLabels);
    for (const { ports } of spec.ingress) {
      for (const { port } of ports) assert.ok(hasPort(deployment!, port), metadata.name);
    }
  }
  const [serve, forward] = ["serve", "forward"].map((role) =>
    ofKind("NetworkPolicy").find((one) => roleOf(one) === role)!
  );
  const callers = serve!.spec.ingress.filter(({ ports }: { ports: { port: string }[] }) =>
    ports.some(({ port }) => port === "grpc")
  );
  assert.equal(callers.length, 1);
  assert.deepEqual(
    callers[0].from.flatMap((one: { podSelector: { matchLabels: Record<string, string> } }) =>
      selected(one.podSelector.matchLabels).map(roleOf)
    ),
    ["forward"],
  );
  assert.deepEqual(serve!.spec.egress, []);
  const [called] = forward!.spec.egress;
  const [server] = selected(called.to[0].podSelector.matchLabels);
  assert.equal(roleOf(server!), "serve");
  assert.ok(hasPort(server!, called.ports[0].port));
});

for (const deployment of deployments) {
  const role = roleOf(deployment);
  const container = containerOf(deployment);

  Deno.test(`${role}: no root, nothing to write but what is mounted, bounded`, () => {
    const pod = podOf(deployment);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.ok(pod.securityContext.runAsUser > 0);
    assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.ok(container.resources.limits.memory);
    const volumes = pod.volumes.map(({ name }: { name: string }) => name).sort();
    const mounts = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(mounts, volumes);
    for (const { emptyDir } of pod.volumes) if (emptyDir) assert.ok(emptyDir.sizeLimit);
  });

  Deno.test(`${role}: probes ask ports that are there`, () => {
    for (const name of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const { httpGet, grpc } = container[name];
      assert.ok(hasPort(deployment, httpGet?.port ?? grpc.port), name);
    }
  });

  Deno.test(`${role}: the grace is for leaving the Service, draining, and some more`, () => {
    const [command, seconds] = container.lifecycle.preStop.exec.command;
    assert.equal(command, "sleep");
    const { terminationGracePeriodSeconds } = podOf(deployment);
    assert.ok(terminationGracePeriodSeconds >= Number(seconds) + DRAIN_S[role]! + SPARE_S);
  });

  Deno.test(`${role}: its ConfigMap is there, and "smarteye config check" accepts it`, async () => {
    const [command, flag, path] = container.args;
    assert.deepEqual([command, flag], [role, "--config"]);
    const mount = container.volumeMounts.find(({ name }: { name: string }) => name === "config");
    const { configMap } = podOf(deployment).volumes.find(({ name }: { name: string }) =>
      name === "config"
    );
    const generator = kustomization.configMapGenerator.find(({ name }: { name: string }) =>
      name === configMap.name
    );
    assert.deepEqual(generator.files.map((file: string) => `${mount.mountPath}/${file}`), [path]);

    const ini = `${BASE}/${generator.files[0]}`;
    const { code, stdout, stderr } = await program(["config", "check", ini, "--json"]);
    assert.equal(code, 0, stderr + stdout);
    assert.equal(stderr, "", "not even a warning");
    const listens = [...(await Deno.readTextFile(ini)).matchAll(/^(http_)?listen = (.*):(\d+)$/gm)];
    assert.deepEqual(
      listens.map(([, , host, port]) => [host, Number(port)]),
      container.ports.map(({ containerPort }: { containerPort: number }) => [
        "0.0.0.0",
        containerPort,
      ]),
    );
  });
}

Deno.test("the forwarder's server is the headless Service", async () => {
  const [, name, namespace, port] = /^url0 = dns:\/\/\/([\w-]+)\.(\w+)\.svc\.cluster\.local:(\d+)$/m
    .exec(await Deno.readTextFile(`${BASE}/forward.ini`))!;
  assert.equal(namespace, kustomization.namespace);
  const service = ofKind("Service").find(({ metadata }) => metadata.name === name)!;
  assert.equal(service.spec.clusterIP, "None");
  assert.ok(service.spec.ports.some((one: { port: number }) => String(one.port) === port));
});

Deno.test("what the probes ask is answered by the roles, started as the pods start them", async () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const start = ["run", ...PERMISSIONS, main];
  const ours = ["--config", `${BASE}/serve.ini`];
  await using serve = new Program(
    ["serve", ...ours, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"],
    {},
    start,
  );
  const http = (await serve.says(/"http":"([^"]+)"/))[1]!;
  for (const probe of ["startupProbe", "livenessProbe"]) {
    const { httpGet } = containerOf(deployments.find((one) => roleOf(one) === "serve")!)[probe];
    const answer = await fetch(`http://${http}${httpGet.path}`);
    assert.equal(answer.status, 200, httpGet.path);
    await answer.body?.cancel();
  }
  await using forward = new Program(
    [
      ...["forward", "--config", `${BASE}/forward.ini`, "--listen", "127.0.0.1:0", "--json"],
      ...["--servers", await serve.address()],
    ],
    {},
    start,
  );
  const address = await forward.address();
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
    const { httpGet } = containerOf(deployments.find((one) => roleOf(one) === "forward")!)[probe];
    const answer = await fetch(`http://${address}${httpGet.path}`);
    assert.equal(answer.status, 200, httpGet.path);
    await answer.body?.cancel();
  }
});

async function hasKubectl(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("kubectl", { args: ["kustomize", "--help"] })
      .output();
    return success;
  } catch {
    return false;
  }
}
