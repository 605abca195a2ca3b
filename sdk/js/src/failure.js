// What goes wrong in a way that a workflow can answer, and JSON at the border.

/** Why something did not succeed. */
export class Failure extends Error {
  constructor(kind, message = kind, detail = null) {
    super(message);
    this.name = "Failure";
    this.kind = kind;
    this.detail = detail;
  }

  is(kind) {
    return this.kind === kind;
  }

  toString() {
    return `${this.kind}: ${this.message}`;
  }
}

/** What a function of the world threw: the failure that it is, or what it was. */
export function failureOf(thrown) {
  const world = thrown?.payload;
  return typeof world?.kind === "string" ? ofWorld(world) : thrown;
}

/** @param {{ kind: string, message: string, detail: string }} world */
export function ofWorld({ kind, message, detail }) {
  const failure = new Failure(kind, message, parse(detail));
  // It was not thrown here: where it came to light says nothing.
  failure.stack = failure.toString();
  return failure;
}

/** @param {Failure} failure */
export function toWorld(failure) {
  const detail = JSON.stringify(failure.detail ?? null) ?? "null";
  return { kind: String(failure.kind), message: String(failure.message), detail };
}

export function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The JSON of a value; `undefined` is null. Throws the failure `bad_data`. */
export function write(value, what) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? "null";
  } catch (error) {
    throw new Failure("bad_data", `${what} cannot be written as JSON: ${error.message}`);
  }
}
