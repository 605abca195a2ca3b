"""Durable workflows in Python.

A workflow is a function from an input to a result. It may be stopped anywhere, on purpose or by a crash, and goes on from its journal: all
that it asked for through this library is answered from there and not done again.

    import time
    from dataclasses import dataclass

    import cairn

    @dataclass
    class Input:
        name: str

    @cairn.workflow
    def run(input: Input) -> str:
        greeting = cairn.step("greet", lambda attempt: f"Hello, {input.name}!")
        time.sleep(3600)  # durable: the code is unloaded meanwhile
        return greeting

Everything durable has a key, which names it in the journal: give each its own, and in loops one that names the item
(`key`). `print` writes to the log of the run, once; clocks stand still between requests; randomness is recorded.
"""

from . import calendar
from ._block import Block, block
from ._context import Identity, LogHandler, expose, log, random, who
from ._event import Answer, Event, On, ask, emit, receive
from ._failure import Failure
from ._flow import lock, restart, run, spawn
from ._guest import workflow
from ._key import key
from ._operation import Operation, first, gather
from ._options import Cache, Moment, Retry, Span, Unclear
from ._secret import Secret
from ._step import Attempt, call, step, undo, undo_depth, undoing, unwind
from ._time import now, sleep, sleep_until

__all__ = [
    "Answer", "Attempt", "Block", "Cache", "Event", "Failure", "Identity", "LogHandler", "Moment", "On", "Operation", "Retry", "Secret",
    "Span", "Unclear", "ask", "block", "calendar", "call", "emit", "expose", "first", "gather", "key", "lock", "log", "now", "random", "receive",
    "restart", "run", "sleep", "sleep_until", "spawn", "step", "undo", "undo_depth", "undoing", "unwind", "who", "workflow",
]  # fmt: skip
