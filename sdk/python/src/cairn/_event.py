"""What comes from outside, and what goes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar, overload

from . import _failure, _json
from ._operation import Operation
from ._options import Span, millis
from ._world import event as world

T = TypeVar("T")


class Event(NamedTuple, Generic[T]):
    """An event that came."""

    #: Its name.
    event: str
    #: The sender's id of it.
    id: str
    #: Its fields.
    data: T
    #: Which of several that were waited for, from 0.
    subscription: int


@dataclass(frozen=True)
class On:
    """Which events: of this name, whose fields equal all of `where` and for which `condition` holds, a closed condition as data
    such as `[">", {"field": "total"}, {"value": 5}]`."""

    event: str
    where: Mapping[str, Any] | None = None
    condition: Any = None


class _Received(Operation[Event[T]]):
    __slots__ = ()

    def _read(self, json: str) -> Event[T]:
        came = _json.loads(json)
        data = came["data"]
        if self._gives is not Any:
            data = _failure.fit(data, self._gives, f"the event `{came['event']}`")
        return Event(came["event"], came["id"], data, came["subscription"])


@overload
def receive(key: str, *events: str | On, where: Mapping[str, Any] | None = ..., gives: type[T]) -> Operation[Event[T]]: ...
@overload
def receive(
    key: str, *events: str | On, where: Mapping[str, Any] | None = ..., gives: None = ...
) -> Operation[Event[Any]]: ...
def receive(
    key: str, *events: str | On, where: Mapping[str, Any] | None = None, gives: Any = None
) -> Operation[Event[Any]]:
    """Waits for the oldest event that nobody has taken, also one that came before anybody waited: of the name `key`, or of one of
    `events`; whose fields equal those of `where`.

        paid = cairn.receive("paid", where={"order": order.id}).wait().data
    """
    return _Received(world.receive(key, [_wanted(one, where) for one in events or (key,)]), gives or Any)


def _wanted(event: str | On, where: Mapping[str, Any] | None) -> world.Subscription:
    if isinstance(event, On):
        return _subscription(event)
    return _subscription(On(event, where)) if where else _named(event)


@lru_cache
def _named(event: str) -> world.Subscription:
    """Most ask for a name and nothing else, and again and again for the same."""
    return world.Subscription(event, [], None)


def _subscription(of: On) -> world.Subscription:
    fields = [(name, _failure.write(value, f"the field `{name}`")) for name, value in (of.where or {}).items()]
    condition = None if of.condition is None else _failure.write(of.condition, "a condition")
    return world.Subscription(of.event, fields, condition)


@dataclass(frozen=True)
class Answer:
    """What a person answered."""

    #: One of the choices.
    choice: str
    #: Who.
    by: str
    #: What else they said.
    note: str | None = None


def ask(
    key: str,
    whom: str,
    title: str,
    *,
    text: str | None = None,
    show: Any = None,
    choices: Sequence[str] = (),
    remind: Span | None = None,
) -> Operation[Answer]:
    """Asks a person: `title` in a line, `text` in full, `show` as data beside it; without `choices` it is `yes` or `no`."""
    task: dict[str, Any] = {"title": title}
    if text is not None:
        task["text"] = text
    if show is not None:
        task["show"] = show
    if choices:
        task["choices"] = list(choices)
    if remind is not None:
        task["remind"] = millis(remind)
    return Operation(world.ask(key, whom, _failure.write(task, "a question")), Answer)


def emit(key: str, event: str, data: Any = None, *, to: str | None = None) -> Operation[None]:
    """Sends an event: to the run `to`, or to all that know it."""
    return Operation(world.emit(key, event, _failure.write({} if data is None else data, "an event"), to))
