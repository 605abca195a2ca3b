"""Something durable that takes time."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _failure, _json
from ._world import Err, flow, types

T = TypeVar("T")


class Operation(Generic[T]):
    """It began when it was made: begin several, then `wait` for each, and they take as long as the longest.

    In an `async` workflow it can be awaited, and given to all of asyncio that takes an awaitable.
    """

    __slots__ = ("_handle", "_gives")

    def __init__(self, handle: types.Operation, gives: Any = Any) -> None:
        self._handle = handle
        self._gives = gives

    def wait(self) -> T:
        """Waits for the outcome. Asking again gives the same one. Raises `Failure` if it failed."""
        try:
            json = self._handle.outcome()
        except Err as err:
            failed = err.value
        else:
            return self._read(json)
        # Outside of the handler, so that the failure shows no trace of the bindings.
        raise _failure.of_world(failed)

    def cancel(self) -> None:
        """Gives up waiting: an outcome that is not recorded by now is the failure `cancelled`."""
        self._handle.cancel()

    def _read(self, json: str) -> T:
        if self._gives is Any:
            value: T = _json.loads(json)
        else:
            value = _failure.read(json, self._gives, "an outcome")
        return value

    if not TYPE_CHECKING:
        # Checkers are to know that there is nothing else.
        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"an operation has no `{name}`: what it gives may have, which `.wait()` waits for")

    def __await__(self) -> Generator[Any, None, T]:
        from ._loop import running

        value: T = yield from running().outcome_of(self)
        return value


def first(*of: Operation[Any]) -> Operation[Any]:
    """Waits until one of these has ended and gives it: the one whose outcome was recorded first, also on every replay.

        if cairn.first(answer, too_late) is too_late: ...
    """
    if not of:
        raise ValueError("first of no operations would wait for ever")
    return of[flow.first([one._handle for one in of])]


def gather(*of: Operation[Any]) -> list[Any]:
    """Waits for all of these and gives their results in this order. Raises the first failure in this order; the others go on."""
    return [one.wait() for one in of]
