"""Calendar arithmetic in a time zone (a name of the tz database), recorded, because the rules of zones change.

`of` is the moment that it starts from.
"""

from __future__ import annotations

from datetime import date as Date, datetime
from typing import Any

from . import _failure, _json
from ._failure import of_world
from ._options import Moment, instant
from ._world import Err, context


def date(key: str, of: Moment, zone: str) -> Date:
    """The day then."""
    return Date.fromisoformat(_asked(key, "date", of, zone))


def format(key: str, of: Moment, zone: str, pattern: str) -> str:
    """A text by strftime: `%Y-%m`."""
    text: str = _asked(key, "format", of, zone, pattern)
    return text


def next(key: str, of: Moment, zone: str, time_of_day: str) -> datetime:
    """The next such time of day, such as `09:00`, strictly later."""
    return datetime.fromisoformat(_asked(key, "next", of, zone, time_of_day))


def add_months(key: str, of: Moment, zone: str, months: int) -> datetime:
    """The same wall clock so many months later, on the last day of a shorter one."""
    return datetime.fromisoformat(_asked(key, "add_months", of, zone, months))


def add_days(key: str, of: Moment, zone: str, days: int) -> datetime:
    """The same wall clock so many days later."""
    return datetime.fromisoformat(_asked(key, "add_days", of, zone, days))


def _asked(key: str, question: str, of: Moment, zone: str, *arguments: Any) -> Any:
    written = _failure.write(arguments, "the arguments of a question")
    try:
        answer = context.calendar(key, question, instant(of), zone, written)
    except Err as err:
        failed = err.value
    else:
        return _json.loads(answer)
    raise of_world(failed)
