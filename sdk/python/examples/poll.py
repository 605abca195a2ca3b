"""Starts a job and looks after it, with growing pauses."""

from dataclasses import dataclass

import cairn


@dataclass
class Input:
    scene: str


@dataclass
class Job:
    id: str


@dataclass
class Seen:
    state: str
    url: str | None = None


@cairn.workflow
def run(input: Input) -> str:
    job = cairn.call("start", "render.start", {"scene": input.scene}, gives=Job).wait()
    for number in range(20):
        seen = cairn.call(cairn.key("look[{}]/seen", number), "render.look", {"id": job.id}, gives=Seen).wait()
        match seen.state:
            case "done" if seen.url:
                return seen.url
            case "done":
                raise cairn.Failure("bad_data", "it is done and nowhere")
            case "failed":
                raise cairn.Failure("job_failed", f"the job {job.id} failed")
            case _:
                cairn.sleep(cairn.key("look[{}]/sleep", number), 0.1 * 2 ** min(number, 6)).wait()
    raise cairn.Failure("timeout", "the job did not come to its end")
