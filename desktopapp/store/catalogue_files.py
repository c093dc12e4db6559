"""Reading of the built-in classification lists; ``office_lists`` reads those of an office."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

from desktopapp.core.catalogue import Catalogue, Catalogues, Entry, Evidence, Kind, Levels, Side
from desktopapp.core.levels import LEVELS
from desktopapp.store.office_lists import OfficeListError, load_office_list

__all__ = ["CatalogueError", "Catalogues", "OfficeListError", "kept_catalogues", "load_catalogues", "load_office_list"]

_INDEX = "codes.toml"
_COLUMNS = ("code", "name", "from", "until", "evidence", "synonyms", "successor", "note")


class CatalogueError(ValueError):
    """Raised when a built-in list cannot be used; its message is a sentence for the user that names file and row."""


def load_catalogues(root: Path, year: int) -> Catalogues:
    """Return the catalogues of a year from the folder ``root`` (resources/codes).

    Raises CatalogueError when a list is missing or malformed.
    """
    index = _read_index(root / _INDEX)
    return Catalogues(
        _load(root, index, "functional", year),
        _load(root, index, "economic", year),
    )


def kept_catalogues(root: Path, year: int) -> Catalogues:
    """Return the catalogues as ``load_catalogues`` does, read only once as long as no file in ``root`` changes."""
    return _kept(root, year, max((p.stat().st_mtime_ns for p in root.glob("*") if p.is_file()), default=0))


@lru_cache(maxsize=8)
def _kept(root: Path, year: int, _changed: int) -> Catalogues:
    return load_catalogues(root, year)


def _read_index(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise CatalogueError(f"找不到科目表说明文件 {path}（{error.strerror}），请重新安装本程序。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"科目表说明文件 {path} 格式有误：{error}，请重新安装本程序或恢复该文件。") from error


def _load(root: Path, index: Mapping[str, Any], kind: Kind, year: int) -> Catalogue:
    section = index.get(kind)
    keys = {"file": str, "confirmed_from": int, "confirmed_until": int}
    if not isinstance(section, dict):
        raise CatalogueError(f"{root / _INDEX} 缺少 [{kind}] 一节，请恢复该文件。")
    wrong = next((k for k, t in keys.items() if not isinstance(section.get(k), t)), None)
    if wrong is not None:
        raise CatalogueError(f"{root / _INDEX} 的 [{kind}] 一节中 {wrong} 缺失或类型不对，请恢复该文件。")
    path = root / section["file"]
    valid: list[Entry] = []
    others: list[Entry] = []
    for entry in _read_entries(path, Levels(LEVELS[kind])):
        (valid if entry.valid_in(year) else others).append(entry)
    confirmed = section["confirmed_from"] <= year <= section["confirmed_until"]
    try:
        return Catalogue(kind, year, tuple(valid), tuple(others), confirmed)
    except ValueError as error:
        raise CatalogueError(f"科目表 {path} 中{year}年有重复的编码：{error}，请更正该文件。") from error


def _read_entries(path: Path, levels: Levels) -> list[Entry]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"读不到科目表 {path}（{error.strerror}），请重新安装本程序。") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"科目表 {path} 不是 UTF-8 编码，请恢复该文件。") from error
    rows = csv.reader(text.splitlines())
    heads = next(rows, [])
    missing = [c for c in _COLUMNS if c not in heads]
    if missing:
        raise CatalogueError(f"科目表 {path} 缺少列 {'、'.join(missing)}，请恢复该文件。")
    entries = []
    for number, row in enumerate(rows, start=2):
        try:
            entries.append(_entry(dict(zip(heads, row, strict=True)), levels))
        except ValueError as error:
            raise CatalogueError(f"科目表 {path} 第{number}行有误：{error}，请更正该行。") from error
    return entries


def _entry(row: Mapping[str, str], levels: Levels) -> Entry:
    code = row["code"]
    if not levels.well_formed(code):
        raise ValueError(f"编码“{code}”的位数不对")
    if not row["name"].strip():
        raise ValueError(f"编码 {code} 没有名称")
    side = row.get("side", "")
    if side not in get_args(Side) or row["evidence"] not in get_args(Evidence):
        raise ValueError(f"side“{side}”或 evidence“{row['evidence']}”不是规定的值")
    return Entry(
        code,
        row["name"],
        levels.level(code),
        cast(Side, side),
        cast(Evidence, row["evidence"]),
        tuple(row["synonyms"].split("|")) if row["synonyms"] else (),
        int(row["from"]) if row["from"] else None,
        int(row["until"]) if row["until"] else None,
        row["successor"],
        row["note"],
    )
