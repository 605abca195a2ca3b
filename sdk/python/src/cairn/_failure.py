"""What goes wrong in a way that a workflow can answer."""

from __future__ import annotations

from typing import Any

from . import _json
from ._world import types


class Failure(Exception):
    """Why something did not succeed: raised by what failed, and raised by a workflow or a step that fails.

    `kind` says what sort, for those who decide by it (`timeout`, `cancelled`, `card_declined`), `message` says it in words, and
    `detail` is whatever JSON can say, or None.
    """

    kind: str
    message: str
    detail: Any

    def __init__(self, kind: str, message: str = "", detail: Any = None) -> None:
        super().__init__(kind, message, detail)
        self.kind = kind
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


def of_world(failed: types.Failure) -> Failure:
    return Failure(failed.kind, failed.message, _json.loads(failed.detail))


def to_world(failure: Failure) -> types.Failure:
    try:
        detail = _json.dumps(failure.detail)
    except (TypeError, ValueError) as error:
        return types.Failure("bad_data", f"the detail of a failure `{failure.kind}` is no JSON: {error}", "null")
    return types.Failure(str(failure.kind), str(failure.message), detail)


def write(value: Any, what: str) -> str:
    """As JSON; a value that cannot be written is the failure `bad_data`."""
    try:
        return _json.dumps(value)
    except (TypeError, ValueError) as error:
        raise Failure("bad_data", f"{what} cannot be written as JSON: {error}") from None


def read(json: str, gives: Any, what: str) -> Any:
    """From JSON to what a type hint says; a value that does not fit is the failure `bad_data`."""
    return fit(_json.loads(json), gives, what)


def fit(value: Any, gives: Any, what: str) -> Any:
    """From a value of JSON to what a type hint says."""
    reader = _json.reader(gives)
    if reader is None:
        return value
    try:
        return reader(value, "")
    except _json.Mismatch as mismatch:
        raise Failure("bad_data", f"{what} is not as wanted: {mismatch}") from None
