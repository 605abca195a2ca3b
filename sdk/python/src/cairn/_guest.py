"""What the host calls."""

from __future__ import annotations

import gc
import importlib
import inspect
import linecache
import logging
import sys
import typing
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from . import _failure, _json, _trace
from ._context import LogHandler
from ._failure import Failure
from ._world import Err

F = TypeVar("F", bound=Callable[..., Any])

_registered: list[Callable[..., Any]] = []
_blocks: list[Callable[..., Any]] = []


def workflow(run: F) -> F:
    """Makes a function the workflow of this component: from one input, which is read as its type hint says, to a result that JSON can
    hold. It may be `async`. Raises `Failure` to fail."""
    _registered.append(run)
    return run


def register_block(run: Callable[..., Any]) -> int:
    """Makes a function one that `run-block` finds: gives its number."""
    _blocks.append(run)
    return len(_blocks) - 1


class _Entry:
    """A function that the host calls, and what it takes."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run
        self._gives = _input_of(run)
        self._async = inspect.iscoroutinefunction(run)
        if self._async:
            from . import _loop

            self._driven = _loop.driven

    def takes(self, *kinds: type) -> bool:
        """Whether its input is of one of these kinds."""
        return (typing.get_origin(self._gives) or self._gives) in kinds

    def outcome(self, input: str) -> str:
        try:
            json = _failure.write(self._result(input), "the result")
        except Failure as failure:
            failed = failure
        except SystemExit:
            # The host says what becomes of code that ends its process.
            raise
        except BaseException as error:
            failed = _of_group(error) or _trapped(error)
        else:
            _flush()
            return json
        _flush()
        raise Err(_failure.to_world(failed))

    def _result(self, input: str) -> Any:
        setattr(weakref, "finalize", _FINALIZE)
        if self._gives is _NOTHING:
            given = self._run()
        else:
            given = self._run(_failure.read(input, self._gives, "the input"))
        return self._driven(given) if self._async else given


class WitWorld:
    """The component's export. Made when the component is built: all that is done here is part of its first memory."""

    def __init__(self) -> None:
        if len(_registered) != 1:
            found = ", ".join(f"`{run.__name__}`" for run in _registered) or "none"
            raise SystemExit(f"a component has one function with @cairn.workflow, here there is {found}")
        self._workflow = _Entry(_registered[0])
        if self._workflow.takes(str, int, float, bool, list):
            raise SystemExit(f"`{_registered[0].__name__}` is to take an object: give its input fields, as a dataclass or a TypedDict")
        _prepare()

    def run(self, input: str) -> str:
        return self._workflow.outcome(input)


class Blocks:
    """The export of a component that has blocks; so has each of this library, if only none."""

    def __init__(self) -> None:
        self._blocks = [_Entry(run) for run in _blocks]

    def run_block(self, number: int, captured: str) -> str:
        if number >= len(self._blocks):
            raise Err(_failure.to_world(Failure("bad_data", f"this code has no block {number}")))
        return self._blocks[number].outcome(_json.dumps(_json.loads(captured)["input"]))


class _Dropping:
    """What the bindings attach to a handle so that it is dropped when nobody has it any more, in a tenth of the time that
    `weakref.finalize` takes: that was a quarter of what a replayed operation cost."""

    __slots__ = ("_drop", "_what")

    def __init__(self, _: object, drop: Callable[..., object] | None, *what: object) -> None:
        self._drop = drop
        self._what = what

    def detach(self) -> None:
        """It is another's now."""
        self._drop = None

    def __del__(self) -> None:
        if self._drop is not None:
            self._drop(*self._what)


def entered() -> None:
    """When all modules are there, and before the bindings take `weakref.finalize` as theirs."""
    setattr(weakref, "finalize", _Dropping)


_FINALIZE = weakref.finalize

_NOTHING = object()


def _input_of(run: Callable[..., Any]) -> Any:
    parameters = list(inspect.signature(run).parameters.values())
    if not parameters:
        return _NOTHING
    if len(parameters) > 1:
        raise SystemExit(f"`{run.__name__}` is to take one parameter, the input: several values are the fields of a dataclass")
    gives = typing.get_type_hints(run).get(parameters[0].name, Any)
    # What cannot be read is told now.
    try:
        _json.reader(gives)
    except TypeError as error:
        raise SystemExit(f"the input of `{run.__name__}`: {error}") from None
    return gives


def _prepare() -> None:
    # Lines reach the log when they are printed, not when a buffer is full.
    getattr(sys.stdout, "reconfigure", lambda **_: None)(line_buffering=True)
    if not logging.root.handlers:
        logging.root.addHandler(LogHandler())
        logging.root.setLevel(logging.INFO)
    # There are no files when it runs: what Python would load at first use is loaded now, so are the lines that tracebacks show.
    importlib.import_module("_strptime")
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and not file.startswith(("/python/", "/bundled/", "/world/")):
            linecache.getlines(file)
    for file, (size, _, lines, name) in [(file, one) for file, one in linecache.cache.items() if len(one) == 4]:
        linecache.cache[file] = (size, None, lines, name)
    # What stays for ever need not be looked through at each collection.
    gc.collect()
    gc.freeze()


def _of_group(error: BaseException) -> Failure | None:
    """The first failure of a group that consists of failures."""
    if not isinstance(error, BaseExceptionGroup):
        return None
    found: list[Failure | None] = [
        one if isinstance(one, Failure) else _of_group(one) for one in error.exceptions
    ]
    return None if None in found else found[0]


def _trapped(error: BaseException) -> Failure:
    """Of an exception that nobody catches: its trace in the log, and in a line why the run ends."""
    _flush()
    _trace.tell(error)
    return Failure("trapped", _trace.line(error))


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
