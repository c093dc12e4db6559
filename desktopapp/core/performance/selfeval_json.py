"""Self-evaluation forms as plain JSON-able dictionaries and back.

The dictionaries mirror the dataclasses field by field; points are whole hundredths, amounts whole 分. ``from_json``
checks everything it reads: what a person or another program put into a file is not trusted.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from desktopapp.core.performance.selfeval import SelfEvaluation

_T = TypeVar("_T")
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


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _read_record(kind: type[_T], data: object, path: str) -> _T:
    if not isinstance(data, Mapping):
        raise SelfEvalFormatError(f"绩效自评数据的“{path or '/'}”应为一组字段，请检查来源文件。")
    known, hints = _shape(cast("Any", kind))
    if unknown := sorted(str(key) for key in data if key not in known):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}/{unknown[0]}”不是已知的字段，请检查来源文件或升级程序。")
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in data:
            values[name] = _read_value(hints[name], data[name], f"{path}/{name}")
        elif _required(field):
            raise SelfEvalFormatError(f"绩效自评数据缺少“{path}/{name}”，请检查来源文件。")
    return kind(**values)


@cache
def _shape(kind: type[Any]) -> tuple[dict[str, Field[Any]], dict[str, Any]]:
    """Return the fields of a dataclass by name and their types; working them out takes far longer than a form."""
    return {field.name: field for field in fields(cast("Any", kind))}, typing.get_type_hints(kind)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read_value(wanted: Any, data: object, path: str) -> object:
    origin, choices = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is tuple:
        if not isinstance(data, list | tuple):
            raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为列表，请检查来源文件。")
        return tuple(_read_value(choices[0], item, f"{path}/{place}") for place, item in enumerate(data))
    if origin is types.UnionType:
        if data is None:
            return None
        wanted = next(choice for choice in choices if choice is not type(None))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _read_enum(wanted, data, path)
    if is_dataclass(wanted):
        return _read_record(cast("type[Any]", wanted), data, path)
    return _read_scalar(wanted, data, path)


def _read_enum(wanted: type[Enum], data: object, path: str) -> Enum:
    for member in wanted:
        if member.value == data:
            return member
    allowed = "、".join(str(member.value) for member in wanted)
    raise SelfEvalFormatError(f"绩效自评数据的“{path}”只能是 {allowed} 之一，请检查来源文件。")


def _read_scalar(wanted: type, data: object, path: str) -> object:
    if wanted is int and (not isinstance(data, int) or isinstance(data, bool) or abs(data) > _LARGEST):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为整数，请检查来源文件。")
    if wanted is str and not isinstance(data, str):
        raise SelfEvalFormatError(f"绩效自评数据的“{path}”应为文字，请检查来源文件。")
    return data
