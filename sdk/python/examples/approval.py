"""Asks a person, and does not wait for ever."""

from dataclasses import dataclass

import cairn


@dataclass
class Input:
    text: str
    editor: str
    patience_ms: int


@cairn.workflow
def run(input: Input) -> str:
    answer = cairn.ask("approve", input.editor, "Publish this?", text=input.text, choices=["yes", "no"])
    too_late = cairn.sleep("approve.deadline", input.patience_ms / 1000)
    if cairn.first(answer, too_late) is too_late:
        answer.cancel()
        raise cairn.Failure("timeout", f"{input.editor} did not answer")
    answered = answer.wait()
    if answered.choice != "yes":
        raise cairn.Failure("rejected", f"{answered.by} did not agree")
    return f"published; {answered.by} agreed"
