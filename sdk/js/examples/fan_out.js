// Many calls at once, then their sum.

import { call, key, workflow } from "cairn-workflow";

export const run = workflow(async ({ files }) => {
  const parsed = await Promise.all(
    files.map((file) => call("rows.parse", { file }, { key: key`rows/file[${file}]/parse` })),
  );
  return parsed.reduce((sum, { rows }) => sum + rows, 0);
});
