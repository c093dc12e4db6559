"""Typed reading of a template's raw tables, with errors that name file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktopapp.core.template import TemplateError


class Fields:
    """One table of a template file: typed getters that remember what was read, so that slips in keys are refused."""

    def __init__(self, raw: Any, file: str, path: str = "") -> None:
        self.file, self.path = file, path
        if not isinstance(raw, dict):
            raise TemplateError(file, path or "文件", "这里应该是一张表（键 = 值）。")
        self._raw: dict[str, Any] = raw
        self._read: set[str] = set()

    def fail(self, key: str, reason: str) -> TemplateError:
        """Return the error for a key of this table."""
        return TemplateError(self.file, f"{self.path}.{key}" if self.path else key, reason)

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        self._read.add(key)
        if key not in self._raw:
            if default is ...:
                raise self.fail(key, f"缺少这一项，应填写{what}。")
            return default
        value = self._raw[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.fail(key, f"应填写{what}，现在是 {value!r}。")
        return value

    def text(self, key: str, default: Any = ..., choices: tuple[str, ...] = ()) -> str:
        """Return a string, one of ``choices`` if given."""
        value = str(self._get(key, str, "文字", default))
        if choices and value not in choices:
            raise self.fail(key, f"只能是 {'、'.join(choices)} 之一，现在是 {value!r}。")
        return value

    def integer(self, key: str, default: Any = ...) -> int:
        """Return a whole number."""
        return int(self._get(key, int, "整数", default))

    def width(self, key: str, default: int) -> int:
        """Return a width in mm."""
        value = self.integer(key, default)
        if value < 1:
            raise self.fail(key, f"宽度应是正整数（毫米），现在是 {value!r}。")
        return value

    def optional_integer(self, key: str) -> int | None:
        """Return a whole number or None when the key is absent."""
        value = self._get(key, int, "整数", None)
        return None if value is None else int(value)

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        return bool(self._get(key, bool, "true 或 false", default))

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self._get(key, list, "文字的列表", default)
        if not all(isinstance(v, str) for v in value):
            raise self.fail(key, "列表里的每一项都应是文字。")
        return tuple(value)

    def integers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        value = self._get(key, list, "整数的列表", ...)
        if not all(isinstance(v, int) and not isinstance(v, bool) for v in value):
            raise self.fail(key, "列表里的每一项都应是整数。")
        return tuple(value)

    def rows(self, key: str, default: Any = ...) -> list[list[Any]]:
        """Return a list of lists."""
        value = self._get(key, list, "列表的列表", default)
        for at, row in enumerate(value, 1):
            if not isinstance(row, list):
                raise self.fail(f"{key}[{at}]", "应是一个列表。")
        return list(value)

    def tables(self, key: str, default: Any = ...) -> Iterator[Fields]:
        """Yield the tables of a list of tables."""
        value = self._get(key, list, "表的列表", default)
        for at, raw in enumerate(value, 1):
            yield Fields(raw, self.file, f"{self.path}.{key}[{at}]" if self.path else f"{key}[{at}]")

    def table(self, key: str) -> dict[str, Any]:
        """Return a raw table, empty when absent."""
        return dict(self._get(key, dict, "表", {}))

    def names(self) -> list[str]:
        """Return the keys of this table in the order of the file."""
        return list(self._raw)

    def done(self) -> None:
        """Raise TemplateError when the table holds a key that nobody asked for."""
        unknown = sorted(set(self._raw) - self._read)
        if unknown:
            raise self.fail(unknown[0], "没有这个键，请检查拼写。")
