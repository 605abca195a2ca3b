// Spans of time and moments, as people write them and as the world counts them: in milliseconds.

import { u64 } from "cairn-workflow:engine";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** `250`, `"10s"`, `"1h30m"` -> milliseconds. */
export function millis(span) {
  if (typeof span === "number" && span >= 0) return Math.ceil(span);
  if (typeof span === "string" && span !== "" && span.replace(PART, "") === "") {
    let sum = 0;
    for (const [, number, unit] of span.matchAll(PART)) sum += Number(number) * UNITS[unit];
    return Math.ceil(sum);
  }
  throw new TypeError(`${JSON.stringify(span)} is no span of time: write milliseconds, or a text such as "10s" or "1h30m"`);
}

export const duration = (span) => u64(millis(span));

/** A `Date`, a time in RFC 3339 or milliseconds since the epoch. */
export function instant(at) {
  const moment = typeof at === "number" ? at : new Date(at).getTime();
  if (!Number.isFinite(moment)) throw new TypeError(`${String(at)} is no moment`);
  return u64(Math.max(0, Math.ceil(moment)));
}
