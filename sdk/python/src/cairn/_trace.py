"""What is said of exceptions that nobody catches: their trace, without the frames of this library, and what Python's own words do not say of a place that
has no files, sockets, threads or processes."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType


def tell(error: BaseException) -> None:
    """Writes its trace to the log, and what to do instead."""
    traceback.print_exception(error.with_traceback(_own(error.__traceback__)))
    advice = _advice(error)
    if advice:
        print(f"hint: {advice}", file=sys.stderr)
    sys.stderr.flush()


def line(error: BaseException) -> str:
    """What it is, in a line."""
    said = str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _own(trace: TracebackType | None) -> TracebackType | None:
    """Where the code of the workflow begins."""
    while trace and trace.tb_frame.f_globals.get("__package__") == __package__:
        trace = trace.tb_next
    return trace


_NETWORK = (
    "there are no sockets here: ask a tool, `cairn.call(\"page\", \"web.get\", {\"url\": …}).wait()`, and run it with "
    "`--bind web=http: --allow http=https://HOST`"
)
_ASYNC = "the loop is the host's: write `async def` behind `@cairn.workflow`, and `await` in it"
_THREADS = "there are no threads here: begin several operations, then wait for them; or make the workflow `async`"
_PROCESSES = "there are no processes here: let a tool run it: `--bind NAME=exec: --allow exec=PROGRAM`"
_FILES = "there are no files when it runs: read what it needs at the top of the module, and let a tool write"
_IMPORTS = "there are no files when it runs: import at the top of the module what was installed where it is built"

_INSIDE = {
    "asyncio.runners": _ASYNC,
    "socket": _NETWORK,
    "subprocess": _PROCESSES,
    "threading": _THREADS,
    "urllib.request": _NETWORK,
}
"""By the module of Python that could not do it."""


def _advice(error: BaseException) -> str | None:
    if isinstance(error, ModuleNotFoundError):
        return _IMPORTS
    for frame, _ in traceback.walk_tb(error.__traceback__):
        advice = _INSIDE.get(frame.f_globals.get("__name__", ""))
        if advice:
            return advice
    return _FILES if isinstance(error, FileNotFoundError) else None
