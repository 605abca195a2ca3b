// Chance: drawn from the host while the workflow runs. An engine's own is seeded when the component is built, and so the same in all runs.

import { chance } from "cairn-workflow:engine";

/** So many bytes may be asked for at once. */
const MOST = 65_536;

/** As `Math.random`. */
export function draw() {
  const [high, low] = chance(new Uint32Array(2));
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

export function getRandomValues(array) {
  if (!ArrayBuffer.isView(array)) throw new TypeError("random values go into a typed array");
  if (array.byteLength > MOST) throw new RangeError(`no more than ${MOST} random bytes at once`);
  return chance(array);
}

export function randomUUID() {
  const bytes = chance(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
