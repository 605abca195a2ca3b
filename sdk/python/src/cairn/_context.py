"""Who is running, and what others may read of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from . import _failure
from ._options import of_instant
from ._world import context as world


@dataclass(frozen=True)
class Identity:
    """Who a run is."""

    tenant: str
    workflow: str
    #: The digest that it is pinned to: `sha256:` and 64 hex digits.
    version: str
    #: The id of the run.
    instance: str
    started: datetime


def who() -> Identity:
    """Who this is."""
    is_ = world.who()
    return Identity(is_.tenant, is_.workflow, is_.version, is_.instance, of_instant(is_.started))


def expose(status: Any) -> None:
    """What a status query shows of this run from now on."""
    world.expose(_failure.write(status, "a status"))


def random(key: str) -> int:
    """64 random bits, recorded under a name of their own. Python's own `random` and `secrets` are the host's too."""
    return world.random(key)


def log(level: Literal["debug", "info", "warn", "error"], message: str, **fields: Any) -> None:
    """Writes to the log of the run, once. So does Python's `logging`."""
    world.log(world.Level[level.upper()], message, _failure.write(fields, "the fields of a line of the log"))


class LogHandler(logging.Handler):
    """Takes what is logged by Python's `logging` to the log of the run; what is given as `extra` are its fields."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record."""
        fields = {name: value for name, value in vars(record).items() if name not in _USUAL}
        level: Literal["debug", "info", "warn", "error"] = "debug"
        if record.levelno >= logging.INFO:
            level = "info" if record.levelno < logging.WARNING else "warn" if record.levelno < logging.ERROR else "error"
        world.log(world.Level[level.upper()], self.format(record), _failure.write(fields, "the fields of a line of the log"))


_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
