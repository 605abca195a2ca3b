// Waits again and again: for the figures of the host.

import { receive, workflow } from "cairn-workflow";

export const run = workflow(async ({ times }) => {
  for (let number = 0; number < times; number += 1) await receive("go", { key: `wait[${number}]` });
  return times;
});
