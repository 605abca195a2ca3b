"""Blocks: parts of a workflow that run side by side, each as code of its own."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from . import _failure, _guest
from ._operation import Operation
from ._world import flow as world

P = ParamSpec("P")
T = TypeVar("T")


class Block(Generic[P, T]):
    """A function that can run side by side with everything else. Called, it is the function that it was."""

    def __init__(self, run: Callable[P, T]) -> None:
        self._number = _guest.register_block(run)
        self._run = run
        self._gives = typing.get_type_hints(run).get("return", Any)
        functools.update_wrapper(self, run)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(*args, **kwargs)

    def begin(self, key: str, *args: P.args, **kwargs: P.kwargs) -> Operation[T]:
        """Begins it, in an instance of its own: it has nothing of whoever began it but this input, and its keys stand in the journal as
        `KEY/...`. While it waits it is unloaded, alone."""
        return Operation(world.block(key, self._number, self._captured(args, kwargs)), self._gives)

    def undo(self, key: str, *args: P.args, **kwargs: P.kwargs) -> None:
        """Registers it as what undoes the work so far, as `undo` does a call."""
        world.undo_block(key, self._number, self._captured(args, kwargs))

    def _captured(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        values = [*inspect.signature(self._run).bind(*args, **kwargs).arguments.values()]
        # The world wants an object.
        return _failure.write({"input": values[0] if values else None}, "the input of a block")


def block(run: Callable[P, T]) -> Block[P, T]:
    """Makes a function of one parameter, or none, a block. It may be `async`.

        @cairn.block
        def parse(file: str) -> int: ...

        rows = [parse.begin(cairn.key("file[{}]", file), file) for file in files]
        return sum(cairn.gather(*rows))
    """
    return Block(run)
