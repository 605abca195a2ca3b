// A step, a sleep and an event.

import { receive, sleep, step, workflow } from "cairn-workflow";

export const run = workflow(async ({ name }) => {
  const greeting = await step("greet", () => `Hello, ${name}!`);
  console.log(greeting);
  await sleep("200ms");
  const { data } = await receive("answer");
  return `${greeting} ${name} said ${data.word}.`;
});
