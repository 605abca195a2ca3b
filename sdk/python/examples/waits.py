"""Waits again and again: for the figures of the host."""

from dataclasses import dataclass

import cairn


@dataclass
class Input:
    times: int


@cairn.workflow
def run(input: Input) -> int:
    for number in range(input.times):
        cairn.receive(f"wait[{number}]", "go").wait()
    return input.times
