"""Self-evaluation forms as plain JSON-able dictionaries and back.

The dictionaries mirror the dataclasses field by field; points are whole hundredths, amounts whole 分. ``from_json``
checks everything it reads: what a person or another program put into a file is not trusted.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache, lru_cache, partial
from typing import Any, TypeVar, cast

from desktopapp.core.performance.selfeval import SelfEvaluation

_T = TypeVar("_T")
#: Reads a value, given it and its path for messages.
_Reader = Callable[[object, str], object]
#: Larger than any amount or score; beyond it a number is a slip or an attack.
_LARGEST = 10**18


class SelfEvalFormatError(ValueError):
    """Raised when a dictionary is no self-evaluation form; its message is a sentence that names the place."""


def to_json(form: SelfEvaluation) -> dict[str, Any]:
    """Return a form as dictionaries, lists, strings, whole numbers and None."""
    return cast("dict[str, Any]", _plain(form))


def from_json(data: object) -> SelfEvaluation:
    """Return the form that ``to_json`` wrote; missing fields take their defaults.

    Raises SelfEvalFormatError for anything of the wrong type, unknown fields and missing required ones.
    """
    return _read_record(SelfEvaluation, data, "")


#: So many stored forms are remembered as read; more than any report has.
_REMEMBERED = 256


class _Stored:
    """A stored form, the same only as itself; keeps it from being forgotten while it is remembered."""

    __slots__ = ("data",)

    def __init__(self, data: object) -> None:
        self.data = data

    def __hash__(self) -> int:
        return id(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stored) and other.data is self.data


def from_stored(data: object) -> SelfEvaluation:
    """Return what ``from_json`` returns, read once for each object: what a report stores is replaced, never changed."""
    return _remembered(_Stored(data))


@lru_cache(maxsize=_REMEMBERED)
def _remembered(stored: _Stored) -> SelfEvaluation:
    return from_json(stored.data)


def _plain(value: object) -> object:
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return {name: _plain(getattr(value, name)) for name in _shape(cast("Any", kind))}


def _read_record(kind: type[_T], data: object, path: str) -> _T:
    if not isinstance(data, Mapping):
        raise SelfEvalFormatError(f"绩效自评数据的“{path or '/'}”应为一组字段，请检查来源文件。")
    known = _shape(cast("Any", kind))
    if unknown := sorted(str(key) for key in data if key not in known):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}/{unknown[0]}”不是已知的字段，请检查来源文件或升级程序。")
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in data:
            values[name] = field.read(data[name], f"{path}/{name}")
        elif field.required:
            raise SelfEvalFormatError(f"绩效自评数据缺少“{path}/{name}”，请检查来源文件。")
    return kind(**values)


@dataclass(frozen=True, slots=True)
class _Known:
    """One field of a record: how its value is read, and whether it must be there."""

    read: _Reader
    required: bool


@cache
def _shape(kind: type[Any]) -> dict[str, _Known]:
    """Return the fields of a dataclass by name; working their types out takes far longer than reading a form."""
    hints = typing.get_type_hints(kind)
    return {field.name: _Known(_reader(hints[field.name]), _required(field)) for field in fields(kind)}


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _reader(wanted: Any) -> _Reader:
    """Return the reader of a type: a scalar, an enum, a record, a tuple of them, or one of these or None."""
    origin, choices = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is tuple:
        return partial(_read_list, _reader(choices[0]))
    if origin is types.UnionType:
        return partial(_read_optional, _reader(next(choice for choice in choices if choice is not type(None))))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return partial(_read_enum, wanted)
    if is_dataclass(wanted):
        return partial(_read_record, cast("type[Any]", wanted))
    return _read_text if wanted is str else _read_whole


def _read_list(reader: _Reader, data: object, path: str) -> object:
    if not isinstance(data, list | tuple):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为列表，请检查来源文件。")
    return tuple(reader(item, f"{path}/{place}") for place, item in enumerate(data))


def _read_optional(reader: _Reader, data: object, path: str) -> object:
    return None if data is None else reader(data, path)


def _read_enum(wanted: type[Enum], data: object, path: str) -> Enum:
    for member in wanted:
        if member.value == data:
            return member
    allowed = "、".join(str(member.value) for member in wanted)
    raise SelfEvalFormatError(f"绩效自评数据的“{path}”只能是 {allowed} 之一，请检查来源文件。")


def _read_whole(data: object, path: str) -> object:
    if not isinstance(data, int) or isinstance(data, bool) or abs(data) > _LARGEST:
        raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为整数，请检查来源文件。")
    return data


def _read_text(data: object, path: str) -> object:
    if not isinstance(data, str):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为文字，请检查来源文件。")
    return data
