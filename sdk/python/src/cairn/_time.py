"""Time. `time.sleep` is a durable sleep as well; these have a name in the journal and can be waited for beside others."""

from __future__ import annotations

from datetime import datetime

from ._operation import Operation
from ._options import Moment, Span, instant, millis, of_instant
from ._world import context, sleep as world


def sleep(key: str, span: Span) -> Operation[None]:
    """Begins a sleep of so long: seconds, or a timedelta."""
    return Operation(world.span(key, millis(span)))


def sleep_until(key: str, due: Moment) -> Operation[None]:
    """Begins a sleep until then."""
    return Operation(world.until(key, instant(due)))


def now(key: str) -> datetime:
    """The host's time, recorded. `time.time()` gives the time of the newest thing that this code was told."""
    return of_instant(context.now(key))
