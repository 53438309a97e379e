import assert from "node:assert/strict";
import { linuxCameras } from "./local_cameras.ts";

/** What Linux would tell of these devices. */
async function told(
  devices: Readonly<Record<string, { name?: string; index?: string; known?: string }>>,
) {
  const root = await Deno.makeTempDir();
  const places = { devices: `${root}/devices`, udev: `${root}/udev` };
  try {
    await Deno.mkdir(places.udev);
    for (const [i, [device, { name, index, known }]] of Object.entries(devices).entries()) {
      const folder = `${places.devices}/${device}`;
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(`${folder}/dev`, `81:${i}\n`);
      if (name !== undefined) await Deno.writeTextFile(`${folder}/name`, `${name}\n`);
      if (index !== undefined) await Deno.writeTextFile(`${folder}/index`, `${index}\n`);
      if (known !== undefined) await Deno.writeTextFile(`${places.udev}/c81:${i}`, known);
    }
    return await linuxCameras(places);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("devices that deliver pictures are listed by number, with their names", async () => {
  const known = (what: string) => `S:v4l/by-id/x\nE:ID_V4L_CAPABILITIES=${what}\nE:ID_BUS=usb\n`;
  assert.deepEqual(
    await told({
      video10: { name: "Capture\u001b[2J card", known: known(":capture:tuner:") },
      video2: { name: "USB Camera", index: "0" },
      video3: { name: "USB Camera", index: "1" },
      video4: { name: "USB Camera", index: "0", known: known(":") },
      video5: { name: "Coder", index: "0", known: known(":video_output:") },
      video6: {},
      "v4l-subdev0": { name: "sensor", index: "0" },
      vbi0: { name: "text", index: "0" },
    }),
    [
      { index: 2, name: "USB Camera", device: "/dev/video2" },
      { index: 6, name: "", device: "/dev/video6" },
      { index: 10, name: "Capture [2J card", device: "/dev/video10" },
    ],
  );
});

Deno.test("a machine without drivers for cameras has none", async () => {
  assert.deepEqual(await told({}), []);
});
