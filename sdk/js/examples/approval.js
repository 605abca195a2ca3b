// Asks a person, and does not wait for ever.

import { ask, Failure, sleep, workflow } from "cairn-workflow";

export const run = workflow(async ({ text, editor, patience_ms }) => {
  const asked = ask(editor, { title: "Publish this?", text, choices: ["yes", "no"] }, { key: "approve" });
  const answer = await Promise.race([asked, sleep(patience_ms, { key: "approve.deadline" })]);
  if (!answer) {
    asked.cancel();
    throw new Failure("timeout", `${editor} did not answer`);
  }
  if (answer.choice !== "yes") throw new Failure("rejected", `${answer.by} did not agree`);
  return `published; ${answer.by} agreed`;
});
