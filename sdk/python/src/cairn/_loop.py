"""An event loop for `async` workflows: what its tasks wait for are operations and moments, and which of them came first is what the
journal says. So asyncio's own gather, timeout, TaskGroup, Queue and Lock are the same on every replay."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, cast

from ._failure import Failure
from ._operation import Operation
from ._options import instant
from ._world import flow, sleep

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_numbers = itertools.count()


class _Numbered:
    """Python's sets go by hashes, and the usual ones by addresses, which a step that is not run again may move."""

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            self._number: int = next(_numbers)
            return self._number


class _Future(_Numbered, asyncio.Future[Any]):
    pass


class _Task(_Numbered, asyncio.Task[Any]):
    pass


class Loop(asyncio.AbstractEventLoop):
    """Runs what is ready, in the order in which it became ready; then waits for the first of what is waited for."""

    def __init__(self) -> None:
        self._ready: deque[events.Handle] = deque()
        self._timers: list[tuple[float, int, events.TimerHandle]] = []
        self._order = itertools.count()
        self._awaited: dict[asyncio.Future[Any], Operation[Any]] = {}
        self._nap: tuple[int, Operation[None]] | None = None
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._running = False

    def outcome_of(self, operation: Operation[T]) -> Generator[Any, None, T]:
        """What an operation gives; whoever is cancelled while waiting for it gives it up."""
        future = self.create_future()
        self._awaited[future] = operation
        future.add_done_callback(self._let_go)
        value: T = yield from future
        return value

    def _let_go(self, future: asyncio.Future[Any]) -> None:
        operation = self._awaited.pop(future, None)
        if operation is not None and future.cancelled():
            operation.cancel()

    def run_until_complete(self, future: Any) -> Any:
        """Drives this to its end, then what it left behind."""
        main = self.create_task(future)
        self._running = True
        events._set_running_loop(self)
        try:
            self._drive(main)
            for task in list(self._tasks):
                task.cancel()
            for task in list(self._tasks):
                self._drive(task)
        finally:
            events._set_running_loop(None)
            self._running = False
        if self._nap is not None:
            self._nap[1].cancel()
        return main.result()

    def _drive(self, task: asyncio.Task[Any]) -> None:
        while not task.done():
            for _ in range(len(self._ready)):
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
            if not self._ready and not task.done() and not self._due():
                self._wait(task)

    def _due(self) -> bool:
        """Makes ready whose moment has come."""
        now = self.time()
        while self._timers and (self._timers[0][2].cancelled() or self._timers[0][0] <= now):
            _, _, handle = heapq.heappop(self._timers)
            if not handle.cancelled():
                self._ready.append(handle)
        return bool(self._ready)

    def _wait(self, task: asyncio.Task[Any]) -> None:
        waiting = [(future, operation) for future, operation in self._awaited.items() if not future.done()]
        handles = [operation._handle for _, operation in waiting]
        nap = self._napping()
        if nap is not None:
            handles.append(nap._handle)
        if not handles:
            raise RuntimeError("every task of the workflow waits for another one, and so for ever")
        first = flow.first(handles) if len(handles) > 1 else 0
        if first == len(waiting):
            self._woke(task, cast(Operation[None], nap))
            return
        future, operation = waiting[first]
        del self._awaited[future]
        try:
            future.set_result(operation.wait())
        except Failure as failure:
            future.set_exception(failure)

    def _napping(self) -> Operation[None] | None:
        """A sleep until the next moment that somebody waits for."""
        due = instant(self._timers[0][0]) if self._timers else None
        if self._nap is not None and self._nap[0] != due:
            self._nap[1].cancel()
            self._nap = None
        if due is not None and self._nap is None:
            self._nap = (due, Operation(sleep.until("sleep", due)))
        return self._nap and self._nap[1]

    def _woke(self, task: asyncio.Task[Any], nap: Operation[None]) -> None:
        self._nap = None
        try:
            nap.wait()
        except Failure as failure:
            # The run is to stop, and a moment cannot be told so: asyncio's own word for it is a cancelled task.
            task.cancel(str(failure))

    def time(self) -> float:
        """Seconds since the epoch: the clock of a workflow never goes back."""
        return time.time()

    def call_soon(self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None) -> events.Handle:
        """As asyncio has it."""
        handle = events.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> events.TimerHandle:
        """As asyncio has it."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> events.TimerHandle:
        """As asyncio has it, to the millisecond."""
        when = math.ceil(round(when * 1000, 2)) / 1000
        handle = events.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._order), handle))
        return handle

    def _timer_handle_cancelled(self, handle: events.TimerHandle) -> None:
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)

    def create_future(self) -> asyncio.Future[Any]:
        """As asyncio has it."""
        return _Future(loop=self)

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        """As asyncio has it."""
        task = _Task(coro, loop=self, **options)
        self._tasks[task] = None
        task.add_done_callback(lambda task: self._tasks.pop(task, None))
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """A callback's error is the run's. What asyncio says of futures that nobody asked is said when memory is tidied up, not at any
        moment of the run, and so not at all."""
        if "handle" in context:
            raise context["exception"]

    def is_running(self) -> bool:
        """As asyncio has it."""
        return self._running

    def is_closed(self) -> bool:
        """Never."""
        return False

    def get_debug(self) -> bool:
        """Never."""
        return False


def running() -> Loop:
    """The loop of this run."""
    loop = events.get_running_loop()
    if not isinstance(loop, Loop):
        raise RuntimeError("an operation is awaited by the loop of a workflow, and this is another one")
    return loop


def driven(run: Coroutine[Any, Any, T]) -> T:
    """The result of a workflow's coroutine."""
    try:
        result: T = Loop().run_until_complete(run)  # type: ignore[abstract]
        return result
    except asyncio.CancelledError as error:
        raise Failure("cancelled", str(error) or "it was cancelled") from None
