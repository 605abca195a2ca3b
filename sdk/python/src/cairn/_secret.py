"""Secrets in the arguments of a call: named here, filled in by the host at the moment of the call, never in the journal."""

from __future__ import annotations

import dataclasses
from typing import Any


class Found(Exception):
    """A secret among what was written as JSON."""


class Secret:
    """The secret of this name, as it is granted to the run. Text may stand around it:

        {"headers": {"authorization": "Bearer " + cairn.Secret("TOKEN")}}
    """

    __slots__ = ("parts",)

    def __init__(self, name: str) -> None:
        self.parts: tuple[str | dict[str, str], ...] = ({"secret": name},)

    def __add__(self, other: str | Secret) -> Secret:
        return _joined(self, other)

    def __radd__(self, other: str) -> Secret:
        return _joined(other, self)

    def __repr__(self) -> str:
        return f"Secret{self.parts}"


def _joined(*of: str | Secret) -> Secret:
    made = Secret("")
    made.parts = tuple(part for one in of for part in ((one,) if isinstance(one, str) else one.parts))
    return made


def taken_out(value: Any, at: str = "") -> tuple[Any, list[str]]:
    """The same with templates in the place of secrets, and the JSON pointers to them."""
    pointers: list[str] = []

    def walked(value: Any, at: str) -> Any:
        if isinstance(value, Secret):
            pointers.append(at)
            return list(value.parts)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        if isinstance(value, dict):
            return {name: walked(one, f"{at}/{_escaped(str(name))}") for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [walked(one, f"{at}/{n}") for n, one in enumerate(value)]
        return value

    return walked(value, at), pointers


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
