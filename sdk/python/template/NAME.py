"""A step, a sleep and an event."""

import time
from dataclasses import dataclass

import cairn


@dataclass
class Input:
    name: str


@dataclass
class Word:
    word: str


@cairn.workflow
def run(input: Input) -> str:
    greeting = cairn.step("greet", lambda attempt: f"Hello, {input.name}!")
    print(greeting)
    time.sleep(0.2)
    event = cairn.receive("answer", gives=Word).wait()
    return f"{greeting} {input.name} said {event.data.word}."
