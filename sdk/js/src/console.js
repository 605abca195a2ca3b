// `console`, the same in each engine: what is printed are lines of the run's log.

import { complain, print } from "cairn-workflow:engine";

const DEEPEST = 4;
const WIDEST = 100;
const LINE = 72;
/** So many lines of a stack are shown. */
const FRAMES = 24;

/** A value as people read it. */
export function inspect(value, depth = 0, within = []) {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[Function: ${value.name || "anonymous"}]`;
  if (value === null || typeof value !== "object") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return described(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (within.includes(value)) return "[Circular]";
  if (depth > DEEPEST) return Array.isArray(value) ? "[Array]" : "[Object]";
  return parts(value, depth, [...within, value]);
}

function parts(value, depth, within) {
  const inner = (one) => inspect(one, depth + 1, within);
  const pair = ([key, one]) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${inner(one)}`;
  const name = value.constructor?.name;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const named = Array.isArray(value) ? "" : `${name}(${value.length}) `;
    return `${named}${listed("[", Array.from(value), inner, "]")}`;
  }
  if (value instanceof Map) {
    return `Map(${value.size}) ${listed("{", [...value], ([key, one]) => `${inner(key)} => ${inner(one)}`, "}")}`;
  }
  if (value instanceof Set) return `Set(${value.size}) ${listed("{", [...value], inner, "}")}`;
  const named = name === undefined || name === "Object" ? "" : `${name} `;
  return `${named}${listed("{", Object.entries(value), pair, "}")}`;
}

function listed(open, all, show, close) {
  if (all.length === 0) return open + close;
  const shown = all.slice(0, WIDEST).map(show);
  if (all.length > WIDEST) shown.push(`… ${all.length - WIDEST} more`);
  const line = `${open} ${shown.join(", ")} ${close}`;
  if (line.length <= LINE && !line.includes("\n")) return line;
  return `${open}\n${shown.join(",\n").replace(/^/gm, "  ")}\n${close}`;
}

/** An error with where it came from. */
export function described(error) {
  if (!(error instanceof Error)) return inspect(error);
  const head = error.kind === undefined ? `${error.name}: ${error.message}` : `${error.kind}: ${error.message}`;
  const frames = String(error.stack ?? "").trimEnd().split("\n");
  if (frames.length > FRAMES) frames.splice(FRAMES, frames.length, `… ${frames.length - FRAMES} more`);
  const stack = frames.join("\n");
  const whole = stack.startsWith(head) || stack === "" ? stack || head : `${head}\n${stack}`;
  return error.cause === undefined ? whole : `${whole}\ncaused by ${described(error.cause)}`;
}

export function complainOf(error) {
  complain(described(error));
}

const FORMS = {
  s: (value) => (typeof value === "object" ? inspect(value, 1) : String(value)),
  d: (value) => String(Number(value)),
  i: (value) => String(parseInt(value, 10)),
  f: (value) => String(parseFloat(value)),
  j: (value) => JSON.stringify(value),
  o: (value) => inspect(value, 1),
  O: (value) => inspect(value, 1),
  c: () => "",
};

function formatted(args) {
  const rest = [...args];
  const words = [];
  if (typeof rest[0] === "string" && rest.length > 1) {
    const form = rest.shift();
    words.push(
      form.replace(/%([sdifjoOc%])/g, (whole, kind) => {
        if (kind === "%") return "%";
        return rest.length > 0 ? FORMS[kind](rest.shift()) : whole;
      }),
    );
  }
  return [...words, ...rest.map((one) => inspect(one))].join(" ");
}

let indent = "";
const counts = new Map();
const begun = new Map();

const line = (write) => (...args) => write(formatted(args).replace(/^/gm, indent));
const out = line(print);
const err = line(complain);

/** What `console` is in a workflow. */
export const ownConsole = {
  log: out,
  info: out,
  debug: out,
  dir: (value) => out(inspect(value, 1)),
  table: (value) => out(inspect(value, 1)),
  warn: err,
  error: err,
  trace: (...args) => err(described(Object.assign(new Error(formatted(args)), { name: "Trace" }))),
  assert: (holds, ...args) => {
    if (!holds) err("Assertion failed:", ...args);
  },
  count: (label = "default") => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    out(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default") => counts.delete(label),
  time: (label = "default") => begun.set(label, Date.now()),
  timeLog: (label = "default", ...args) => out(`${label}: ${Date.now() - begun.get(label)} ms`, ...args),
  timeEnd: (label = "default") => {
    out(`${label}: ${Date.now() - begun.get(label)} ms`);
    begun.delete(label);
  },
  group: (...args) => {
    if (args.length > 0) out(...args);
    indent += "  ";
  },
  groupEnd: () => {
    indent = indent.slice(2);
  },
};
