"""How patiently something is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from ._world import types

Span = float | timedelta
"""Seconds, or a timedelta."""

Moment = datetime | float
"""A datetime with a zone, or seconds since the epoch, as `time.time()` gives them."""

Unclear = Literal["retry", "fail", "ask"]


@dataclass(frozen=True)
class Retry:
    """Further attempts: so many in all, with a pause of `delay` in front of the second."""

    attempts: int
    delay: Span = 1.0
    backoff: Literal["constant", "linear", "exponential"] = "exponential"
    #: What an exponential delay is multiplied by each time.
    factor: float = 2.0
    longest_delay: Span = 60.0
    #: 0.0 to 1.0: the part of a delay that is drawn at random.
    jitter: float = 0.0
    #: Kinds of failure that are worth another attempt; none means those that pass by themselves (timeouts, networks).
    on: Sequence[str] = ()


@dataclass(frozen=True)
class Cache:
    """A success is kept under this key for other runs of the tenant, and one that is not older than `age` will do."""

    key: str
    age: Span


def millis(span: Span) -> int:
    """Never shorter than it was."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    # A millionth of a millisecond is what multiplying may have added.
    return max(0, math.ceil(seconds * 1000 - 1e-6))


def instant(moment: Moment) -> int:
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("a datetime without a zone means no moment: give it one, such as timezone.utc")
        return max(0, -((EPOCH - moment) // timedelta(milliseconds=1)))
    return max(0, math.ceil(round(moment * 1000, 3)))


EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def of_instant(at: int) -> datetime:
    return EPOCH + timedelta(milliseconds=at)


def options(
    timeout: Span | None, retry: Retry | None, deadline: Moment | None, cache: Cache | None = None, unclear: Unclear = "retry"
) -> types.Options:
    return types.Options(
        timeout=None if timeout is None else millis(timeout),
        deadline=None if deadline is None else instant(deadline),
        retry=None if retry is None else _retry(retry),
        cache=None if cache is None else types.Cached(cache.key, millis(cache.age)),
        unclear=types.Unclear[unclear.upper()],
    )


def _retry(retry: Retry) -> types.Retry:
    return types.Retry(
        attempts=retry.attempts,
        delay=millis(retry.delay),
        backoff=types.Backoff[retry.backoff.upper()],
        factor=retry.factor,
        longest_delay=millis(retry.longest_delay),
        jitter=retry.jitter,
        on=list(retry.on),
    )
