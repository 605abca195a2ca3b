"""Other workflows, locks, and a long life."""

from __future__ import annotations

from types import TracebackType
from typing import Any, NoReturn, TypeVar, overload

from . import _failure
from ._operation import Operation
from ._world import flow as world

T = TypeVar("T")


@overload
def run(key: str, workflow: str, input: Any, *, gives: type[T]) -> Operation[T]: ...
@overload
def run(key: str, workflow: str, input: Any, *, gives: None = ...) -> Operation[Any]: ...
def run(key: str, workflow: str, input: Any, *, gives: Any = None) -> Operation[Any]:
    """Starts another workflow, deployed together with this one, and waits for its result."""
    return Operation(world.child(key, workflow, _failure.write(input, "an input")), gives or Any)


def spawn(key: str, workflow: str, input: Any) -> Operation[str]:
    """As `run`, and lets it go its own way: gives its id."""
    return Operation(world.spawn(key, workflow, _failure.write(input, "an input")))


class lock:
    """Holds one of so many places under a name of the tenant, first come, first served.

        with cairn.lock("press", "printing-press"): ...

    In an `async` workflow, `async with`.
    """

    def __init__(self, key: str, name: str | None = None, *, places: int = 1) -> None:
        self._key = key
        self._name = key if name is None else name
        self._places = places

    def _begun(self) -> Operation[None]:
        return Operation(world.lock(self._key, self._name, self._places))

    def __enter__(self) -> None:
        self._begun().wait()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        world.unlock(self._key)

    async def __aenter__(self) -> None:
        await self._begun()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        world.unlock(self._key)


def restart(input: Any) -> NoReturn:
    """Ends this run and begins the next under the same id, with this input and an empty journal."""
    world.restart(_failure.write(input, "an input"))
    raise RuntimeError("the run was to begin anew, and went on")
