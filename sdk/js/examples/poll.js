// Starts a job and looks after it, with growing pauses.

import { call, Failure, key, sleep, workflow } from "cairn-workflow";

export const run = workflow(async ({ scene }) => {
  const { id } = await call("render.start", { scene }, { key: "start" });
  for (let round = 0; round < 20; round += 1) {
    const { state, url } = await call("render.look", { id }, { key: key`look[${round}]/seen` });
    if (state === "failed") throw new Failure("job_failed", `the job ${id} failed`);
    if (state === "done") {
      if (url === undefined) throw new Failure("bad_data", "it is done and nowhere");
      return url;
    }
    await sleep(100 * 2 ** Math.min(round, 6), { key: key`look[${round}]/sleep` });
  }
  throw new Failure("timeout", "the job did not come to its end");
});
