/** Cameras of this machine. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { plain } from "./plain.ts";

/** A camera of this machine. */
export interface LocalCamera {
  /** By which the edge reads it: `-f 0`. */
  readonly index: number;
  /** What its driver calls it; empty where it does not. */
  readonly name: string;
  /** Where it is, such as `/dev/video0`. */
  readonly device: string;
}

/** Where Linux tells of its cameras. */
export interface LinuxPlaces {
  /** A folder for each video device, with `name`, `dev` and `index` in it. */
  readonly devices: string;
  /** What udev knows of each, in a file by its kind and number: `c81:0`. */
  readonly udev: string;
}

/** As every Linux has them. */
export const LINUX: LinuxPlaces = { devices: "/sys/class/video4linux", udev: "/run/udev/data" };

/**
 * The cameras of this machine, in the order of their numbers; none where the system is neither Linux
 * nor macOS.
 *
 * @throws {SmarteyeError} `unavailable` when macOS does not tell.
 */
export async function localCameras(places: LinuxPlaces = LINUX): Promise<readonly LocalCamera[]> {
  switch (Deno.build.os) {
    case "linux":
      return await linuxCameras(places);
    case "darwin":
      return await macCameras();
    default:
      return [];
  }
}

/** By what the kernel and udev tell. */
export async function linuxCameras(places: LinuxPlaces): Promise<readonly LocalCamera[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(places.devices)) names.push(name);
  } catch {
    return []; // without a driver for cameras there is no such folder
  }
  const numbers = names.map((name) => /^video(\d{1,4})$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined).map(Number).sort((a, b) => a - b);
  const cameras = await Promise.all(numbers.map(async (index) => {
    const folder = `${places.devices}/video${index}`;
    if (!await delivers(folder, places.udev)) return [];
    return [{ index, name: plain(await textOf(`${folder}/name`)), device: `/dev/video${index}` }];
  }));
  return cameras.flat();
}

/**
 * Whether pictures come from a device: others are for what is known about them, for coding or for
 * output. udev has asked the driver; without it, a camera's first device is that with pictures.
 */
async function delivers(folder: string, udev: string): Promise<boolean> {
  const number = await textOf(`${folder}/dev`);
  const known = /^\d+:\d+$/.test(number) ? await textOf(`${udev}/c${number}`) : "";
  const [, capabilities] = /^E:ID_V4L_CAPABILITIES=(.*)$/m.exec(known) ?? [];
  if (capabilities !== undefined) return capabilities.includes(":capture:");
  const index = await textOf(`${folder}/index`);
  return index === "" || index === "0";
}

async function textOf(path: string): Promise<string> {
  return (await Deno.readTextFile(path).catch(() => "")).trim();
}

async function macCameras(): Promise<readonly LocalCamera[]> {
  try {
    const { Device } = await import("node-av");
    const cameras = (await Device.list()).filter(({ type }) => type === "video");
    return cameras.map(({ name, description }, index) => ({
      index,
      name: plain(description || name),
      device: `camera ${index}`,
    }));
  } catch (cause) {
    throw new SmarteyeError(
      "unavailable",
      `Cannot list the cameras of this machine: ${messageOf(cause)}, access to them is wanted`,
      { cause },
    );
  }
}
