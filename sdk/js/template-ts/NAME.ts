// A step, a sleep and an event.

import { receive, sleep, step, workflow } from "cairn-workflow";

interface Input {
  name: string;
}

export const run = workflow(async ({ name }: Input) => {
  const greeting = await step("greet", () => `Hello, ${name}!`);
  console.log(greeting);
  await sleep("200ms");
  const { data } = await receive<{ word: string }>("answer");
  return `${greeting} ${name} said ${data.word}.`;
});
