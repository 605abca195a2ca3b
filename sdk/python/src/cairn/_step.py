"""Work that is done at least once and recorded once."""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from . import _failure, _secret, _trace
from ._failure import Failure
from ._operation import Operation
from ._options import Cache, Moment, Retry, Span, Unclear, options
from ._world import Err, Ok, step as world, types

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt:
    """What the body of a step is told."""

    #: From 1.
    number: int
    #: For whatever the body asks of others: the same for all attempts at this step, and for no other step.
    idempotency_key: str


def step(
    key: str,
    body: Callable[[Attempt], T],
    *,
    timeout: Span | None = None,
    retry: Retry | None = None,
    deadline: Moment | None = None,
    gives: Any = None,
) -> T:
    """Does work of this program's own once: what `body` returns is recorded, and it does not run again when the code is replayed.

        receipt = cairn.step("receipt", lambda attempt: render(order), timeout=10, retry=cairn.Retry(3, on=["failed"]))

    A failure is tried again as `retry` says; an exception that is no `Failure` counts as one of the kind `failed`, which is tried again
    where `retry` names it: `cairn.Retry(3, on=["failed"])`. If the host dies within the body, it runs again, with the same idempotency
    key. Within it nothing durable may be asked for.

    The result is what JSON makes of it; `gives` (or what the body is annotated with) says which type it is read as.
    """
    turn = world.begin(key, options(timeout, retry, deadline))
    while isinstance(turn, world.Turn_Attempt):
        turn = world.end(_attempt(key, body, Attempt(turn.value.number, turn.value.idempotency_key)))
    recorded = turn.value
    if isinstance(recorded, Err):
        raise _failure.of_world(recorded.value)
    if gives is None and getattr(body, "__annotations__", None):
        gives = typing.get_type_hints(body).get("return", Any)
    value: T = _failure.read(recorded.value, Any if gives is None else gives, f"the result of the step `{key}`")
    return value


def _attempt(key: str, body: Callable[[Attempt], Any], attempt: Attempt) -> Any:
    try:
        return Ok(_failure.write(body(attempt), f"the result of the step `{key}`"))
    except Failure as failure:
        return Err(_failure.to_world(failure))
    except Exception as error:
        print(f"in the step `{key}`, attempt {attempt.number}:", file=sys.stderr)
        _trace.tell(error)
        return Err(types.Failure("failed", _trace.line(error), "null"))


@overload
def call(
    key: str,
    tool: str,
    arguments: Any = ...,
    *,
    gives: type[T],
    timeout: Span | None = ...,
    retry: Retry | None = ...,
    deadline: Moment | None = ...,
    cache: Cache | None = ...,
    unclear: Unclear = ...,
) -> Operation[T]: ...
@overload
def call(
    key: str,
    tool: str,
    arguments: Any = ...,
    *,
    gives: None = ...,
    timeout: Span | None = ...,
    retry: Retry | None = ...,
    deadline: Moment | None = ...,
    cache: Cache | None = ...,
    unclear: Unclear = ...,
) -> Operation[Any]: ...
def call(
    key: str,
    tool: str,
    arguments: Any = None,
    *,
    gives: Any = None,
    timeout: Span | None = None,
    retry: Retry | None = None,
    deadline: Moment | None = None,
    cache: Cache | None = None,
    unclear: Unclear = "retry",
) -> Operation[Any]:
    """Asks a tool of the tenant, such as `payments.charge`, with an object of arguments: a dict or a dataclass.

        charge = cairn.call("charge", "payments.charge", {"cents": 4200}, gives=Charge).wait()

    It has begun when this returns. `unclear` says what is done about an attempt that had left and has no answer.
    """
    request = _request(tool, arguments)
    return Operation(world.call(key, request, options(timeout, retry, deadline, cache, unclear)), gives or Any)


def undo(
    key: str,
    tool: str,
    arguments: Any = None,
    *,
    timeout: Span | None = None,
    retry: Retry | None = None,
    deadline: Moment | None = None,
    unclear: Unclear = "retry",
) -> None:
    """Registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this
    code cannot run any more."""
    world.undo(key, _request(tool, arguments), options(timeout, retry, deadline, None, unclear))


def undo_depth() -> int:
    """How many undos are registered and have not run."""
    return world.undo_depth()


def unwind(key: str, depth: int = 0) -> Operation[None]:
    """Begins to run the undos above `depth`, newest first, and forgets them. Fails with `undo_failed`, whose detail lists those that did
    not succeed."""
    return Operation(world.unwind(key, depth))


@contextmanager
def undoing(key: str) -> Iterator[None]:
    """What is left by an exception is undone: the undos that were registered within run under `key`, and the exception goes on.

        with cairn.undoing("back"):
            cairn.call("hold", "inventory.reserve", {"item": "a"}).wait()
            cairn.undo("release", "inventory.release", {"item": "a"})
            ...

    Undos are one stack for the whole run: tasks that run side by side share it.
    """
    depth = undo_depth()
    try:
        yield
    except (Exception, _cancelled()):
        if undo_depth() > depth:
            unwind(key, depth).wait()
        raise


def _cancelled() -> type[BaseException]:
    """What asyncio cancels a task with, which is no `Exception`; without asyncio there is none."""
    asyncio = sys.modules.get("asyncio")
    return asyncio.CancelledError if asyncio else Exception


def _request(tool: str, arguments: Any) -> types.Request:
    if not isinstance(tool, str):
        # The bindings would die of it, and not say of what.
        raise TypeError(f"a tool's operation is named as `tool.operation`, this is a {type(tool).__name__}")
    if arguments is None:
        return types.Request(tool, "{}", [])
    what = f"the arguments of `{tool}`"
    try:
        return types.Request(tool, _failure.write(arguments, what), [])
    except _secret.Found:
        arguments, pointers = _secret.taken_out(arguments)
        return types.Request(tool, _failure.write(arguments, what), pointers)
