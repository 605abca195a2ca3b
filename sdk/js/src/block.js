// Blocks: parts of a workflow that run side by side, each as code of its own.

import { block as worldBlock, undoBlock } from "cairn:workflow/flow@0.3.0";

import { Failure, write } from "./failure.js";
import { Operation } from "./operation.js";

/** Those of this component: each has its place as its number. */
const known = [];

/** Makes a function a block. */
export function block(main) {
  const number = known.push(main) - 1;
  // The world wants an object.
  const captured = (input) => write({ input }, "the input of a block");
  return Object.freeze({
    begin: (input, { key }) => new Operation(worldBlock(key, number, captured(input))),
    undo: (input, { key }) => undoBlock(key, number, captured(input)),
  });
}

/** The function of a number, and its input. */
export function numbered(number, captured) {
  if (known[number] === undefined) throw new Failure("bad_data", `this code has no block ${number}`);
  return known[number](JSON.parse(captured).input);
}
