"""JSON to Python's values and back, by type hints."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Literal, Union, cast
from uuid import UUID

from ._secret import Found, Secret

Reader = Callable[[Any, str], Any]
"""Takes a value of JSON and where it stands, for messages."""


class Mismatch(Exception):
    """A value that is not what its hint says."""

    def __init__(self, at: str, found: Any, wanted: str) -> None:
        shown = json.dumps(found)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        where = f"`{at}`" if at else "it"
        super().__init__(f"{where} is {shown}, wanted {wanted}")


_decoder = json.JSONDecoder()
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def loads(text: str) -> Any:
    """What the host gave. That it is JSON from its first letter to its last has been looked at: a decoder that does so too takes twice as long."""
    try:
        return _scan(text, 0)[0]
    except StopIteration:
        # Blanks stand in front of it.
        return _decoder.decode(text)


def _default(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a datetime without a zone means no moment: give it one, such as timezone.utc")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value / timedelta(milliseconds=1))
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Secret):
        raise Found
    unawaited = ": it is still to be waited for" if hasattr(value, "__await__") else ""
    raise TypeError(f"a value of type {type(value).__name__} has no form in JSON{unawaited}")


dumps: Callable[[Any], str] = json.JSONEncoder(
    default=_default, allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode

_readers: dict[Any, Reader | None] = {}


def reader(hint: Any) -> Reader | None:
    """What reads values of this type; None if it takes them as they are."""
    try:
        return _readers[hint]
    except KeyError:
        found = _readers[hint] = _reader(hint)
        return found
    except TypeError:
        return _reader(hint)


def _reader(hint: Any) -> Reader | None:
    if hint is Any or hint is object or isinstance(hint, typing.TypeVar):
        return None
    if isinstance(hint, typing.NewType):
        return reader(hint.__supertype__)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if typing.is_typeddict(hint):
        return _typed_dict(hint)
    if isinstance(hint, type) and typing.get_origin(hint) is None:
        return _of_class(hint)
    return _of_generic(hint, typing.get_origin(hint), typing.get_args(hint))


def _of_class(hint: type) -> Reader:
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    if issubclass(hint, Enum):
        return _parsed(hint, f"one of {[member.value for member in hint]}")
    raise TypeError(f"{hint.__name__} cannot be read from JSON: take a dataclass, or a dict")


def _of_generic(hint: Any, origin: Any, args: tuple[Any, ...]) -> Reader | None:
    if origin is typing.Annotated or origin in (typing.Required, typing.NotRequired):
        return reader(args[0])
    if origin is Literal:
        return lambda value, at: value if value in args else _no(at, value, f"one of {list(args)}")
    if origin is Union or origin is types.UnionType:
        return _union(args)
    if origin in (list, Sequence, MutableSequence, Iterable):
        return _items(list, args[0])
    if origin in (set, frozenset):
        return _items(cast(Callable[[Any], Any], origin), args[0])
    if origin is tuple:
        return _items(tuple, args[0]) if args[1:] == (...,) else _tuple(args)
    if origin in (dict, Mapping, MutableMapping):
        return _dict(args[1])
    if isinstance(origin, type) and dataclasses.is_dataclass(origin):
        return _dataclass(origin)
    raise TypeError(f"{hint} cannot be read from JSON: take a dataclass, or a dict")


def _no(at: str, found: Any, wanted: str) -> Any:
    raise Mismatch(at, found, wanted)


def _is(kind: type, wanted: str) -> Reader:
    return lambda value, at: value if isinstance(value, kind) else _no(at, value, wanted)


def _int(value: Any, at: str) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else _no(at, value, "an integer")


def _float(value: Any, at: str) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else _no(at, value, "a number")


def _parsed(parse: Callable[[Any], Any], wanted: str) -> Reader:
    def read(value: Any, at: str) -> Any:
        try:
            return parse(value)
        except (ValueError, TypeError, AttributeError, binascii.Error):
            raise Mismatch(at, value, wanted) from None

    return read


_PLAIN: dict[Any, Reader] = {
    None: lambda value, at: None if value is None else _no(at, value, "null"),
    type(None): lambda value, at: None if value is None else _no(at, value, "null"),
    str: _is(str, "a text"),
    bool: _is(bool, "true or false"),
    int: _int,
    float: _float,
    list: _is(list, "a list"),
    dict: _is(dict, "an object"),
    datetime: _parsed(datetime.fromisoformat, "a time such as 2026-01-31T00:00:00Z"),
    date: _parsed(date.fromisoformat, "a day such as 2026-01-31"),
    timedelta: lambda value, at: timedelta(milliseconds=_float(value, at)),
    bytes: _parsed(lambda value: base64.b64decode(value, validate=True), "a text in base64"),
    UUID: _parsed(UUID, "a UUID"),
}


def _union(args: tuple[Any, ...]) -> Reader:
    # None first: it is told by a look, and the others need not fail on it.
    readers = [reader(arg) for arg in sorted(args, key=lambda arg: arg is not type(None))]

    def read(value: Any, at: str) -> Any:
        newest: Mismatch | None = None
        for one in readers:
            try:
                return one(value, at) if one else value
            except Mismatch as mismatch:
                newest = mismatch
        assert newest is not None
        raise newest

    return read


def _items(make: Callable[[Any], Any], of: Any) -> Reader:
    one = reader(of)

    def read(value: Any, at: str) -> Any:
        if not isinstance(value, list):
            raise Mismatch(at, value, "a list")
        return make(value if one is None else [one(item, f"{at}[{n}]") for n, item in enumerate(value)])

    return read


def _tuple(args: tuple[Any, ...]) -> Reader:
    readers = [reader(arg) for arg in args]

    def read(value: Any, at: str) -> Any:
        if not isinstance(value, list) or len(value) != len(readers):
            raise Mismatch(at, value, f"a list of {len(readers)}")
        return tuple(one(item, f"{at}[{n}]") if one else item for n, (one, item) in enumerate(zip(readers, value)))

    return read


def _dict(of: Any) -> Reader:
    one = reader(of)

    def read(value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            raise Mismatch(at, value, "an object")
        return {key: one(item, f"{at}.{key}" if at else key) for key, item in value.items()} if one else value

    return read


def _optional(hint: Any) -> bool:
    return typing.get_origin(hint) in (Union, types.UnionType) and type(None) in typing.get_args(hint)


def _fields(hints: dict[str, Any], given: Callable[[str], bool]) -> Callable[[Any, str], dict[str, Any]]:
    """Reads the fields of an object; those that may be absent are `given` by others."""
    readers: dict[str, Reader | None] = {name: reader(hint) for name, hint in hints.items()}

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Mismatch(at, value, "an object")
        found = {}
        for name, one in readers.items():
            inside = f"{at}.{name}" if at else name
            item = value.get(name)
            if item is None and given(name):
                continue
            if name not in value and not _optional(hints[name]):
                raise Mismatch(at, value, f"a field `{name}` in it")
            found[name] = one(item, inside) if one else item
        return found

    return read


def _dataclass(hint: Any) -> Reader:
    fields: list[Callable[[Any, str], dict[str, Any]]] = []

    def read(value: Any, at: str) -> Any:
        # At first use, since a type may be made of itself.
        if not fields:
            made = {field.name: field for field in dataclasses.fields(hint) if field.init}
            absent = dataclasses.MISSING
            optional = {n for n, f in made.items() if f.default is not absent or f.default_factory is not absent}
            hints = typing.get_type_hints(hint)
            fields.append(_fields({name: hints[name] for name in made}, optional.__contains__))
        return hint(**fields[0](value, at))

    return read


def _typed_dict(hint: Any) -> Reader:
    fields: list[Callable[[Any, str], dict[str, Any]]] = []

    def read(value: Any, at: str) -> Any:
        if not fields:
            fields.append(_fields(typing.get_type_hints(hint), hint.__optional_keys__.__contains__))
        return fields[0](value, at)

    return read
