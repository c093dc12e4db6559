"""Reading of a classification list that an office has from its finance bureau."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopapp.core.catalogue import Entry, Levels
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.levels import FUNCTIONAL

_SHEETS = {".xlsx", ".xlsm", ".xls", ".ods"}
_TEXTS = {".csv", ".txt"}
#: Rows at the top that may be titles before the headings.
_SEARCHED = 30
_CODE_HEADS = ("编码", "代码", "科目号")
_PART_HEADS = ("类", "款", "项")
_FOREIGN_HEADS = ("单位", "部门", "项目", "区划")

Table = list[list[str]]


class OfficeListError(ValueError):
    """Raised when a list cannot be read; its message is a sentence for the user that names file and row."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the list begins and in which columns; ``parts`` are separate columns 类, 款, 项, else one code column."""

    start: int
    code: int
    name: int
    parts: tuple[int, ...] = ()


def load_office_list(path: Path, levels: Levels | None = None) -> list[Entry]:
    """Return the entries of a list in xlsx, xls, ods or csv (UTF-8, UTF-16 or GB 18030), in file order.

    Columns are found by their headings: 科目编码 (编码, 代码; or separate columns 类, 款, 项) and 科目名称 (名称).
    Of several sheets all that have these headings are read. Without ``levels`` codes of 3, 5 and 7 digits are taken.
    Raises OfficeListError with a sentence for the user.
    """
    lengths = levels or Levels(FUNCTIONAL)
    tables = _read_tables(path)
    entries: dict[str, tuple[Entry, str]] = {}
    found = False
    for sheet, table in tables:
        layout = _find_layout(table)
        if layout is None:
            continue
        found = True
        for number, code, name in _rows(table, layout):
            place = f"{sheet}第{number}行"
            _add(entries, _checked(path, place, code, name, lengths), place, path)
    if not found:
        raise OfficeListError(
            f"“{path.name}”中找不到“科目编码”和“科目名称”两列，请在表头写明这两列（或类、款、项三列和科目名称）后重新导入。"
        )
    if not entries:
        raise OfficeListError(f"“{path.name}”的表头下没有科目，请检查文件内容后重新导入。")
    return [entry for entry, _ in entries.values()]


def _checked(path: Path, place: str, code: str, name: str, levels: Levels) -> Entry:
    if not levels.well_formed(code):
        digits = "、".join(str(n) for n in levels.lengths)
        raise OfficeListError(f"“{path.name}”{place}的科目编码“{code}”不是{digits}位数字，请改正后重新导入。")
    if not name:
        raise OfficeListError(f"“{path.name}”{place}的科目 {code} 没有名称，请补填后重新导入。")
    return Entry(code, name, levels.level(code), evidence="office")


def _add(entries: dict[str, tuple[Entry, str]], entry: Entry, place: str, path: Path) -> None:
    """Add an entry; a row that repeats another is passed over."""
    known = entries.setdefault(entry.code, (entry, place))
    if not names_match(known[0].name, entry.name):
        raise OfficeListError(
            f"“{path.name}”中科目 {entry.code} 有两个名称：{known[1]}“{known[0].name}”，{place}“{entry.name}”，"
            "请只留一个后重新导入。"
        )


# --- finding the columns ---------------------------------------------------------------------------------------


def _find_layout(table: Table) -> _Layout | None:
    for at, row in enumerate(table[:_SEARCHED]):
        heads = ["".join(unicodedata.normalize("NFKC", cell).split()) for cell in row]
        code = _column(heads, _CODE_HEADS)
        name = _column([h if not any(w in h for w in _CODE_HEADS) else "" for h in heads], ("名称",))
        if name is None:
            continue
        below = table[at + 1] if at + 1 < len(table) else []
        for depth, candidates in ((1, heads), (2, ["".join(c.split()) for c in below])):
            parts = _part_columns(candidates)
            if parts:
                return _Layout(at + depth, parts[0], name, parts)
        if code is not None:
            return _Layout(at + 1, code, name)
    return None


def _column(heads: Sequence[str], words: Sequence[str]) -> int | None:
    """Return the column whose heading has one of the words, one that says 科目 before the rest."""
    fitting = [i for i, h in enumerate(heads) if len(h) <= 20 and any(w in h for w in words)]
    own = [i for i in fitting if not any(f in heads[i] for f in _FOREIGN_HEADS)]
    return min(own, key=lambda i: ("科目" not in heads[i], i), default=None)


def _part_columns(heads: Sequence[str]) -> tuple[int, ...]:
    columns = [heads.index(h) for h in _PART_HEADS if h in heads]
    return tuple(columns) if len(columns) >= 2 and "类" in heads else ()


# --- rows ------------------------------------------------------------------------------------------------------


def _rows(table: Table, layout: _Layout) -> Iterator[tuple[int, str, str]]:
    """Yield (printed row number, code, name) of the rows that have digits in the place of the code."""
    current: list[str] = []
    for number, row in enumerate(table[layout.start :], start=layout.start + 1):
        name = "".join(_cell(row, layout.name).split())
        if layout.parts:
            current = _joined(current, [_digits(_cell(row, c)) for c in layout.parts])
            code = "".join(current) if any(_digits(_cell(row, c)) for c in layout.parts) else ""
        else:
            code = _digits(_cell(row, layout.code))
        # 栏次 rows number the columns and have no names but numbers.
        if any(c.isdigit() for c in code) and not name.isdigit():
            yield number, code, name


def _joined(current: list[str], parts: list[str]) -> list[str]:
    """Return the parts of the code of a row; what is left blank stays as in the rows above.

    A part may be printed alone (01) or, as some lists do, as the whole code down to it (20103).
    """
    deepest = max((i for i, p in enumerate(parts) if p), default=-1)
    if deepest < 0:
        return current
    code = list(current[: deepest + 1])
    for i, part in enumerate(parts[: deepest + 1]):
        if not part:
            continue
        above = "".join(code[:i])
        if i and len(part) > 2 and part.startswith(above):
            part = part[len(above) :]
        code[i:] = [part.zfill(2) if i else part]
    return code


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _digits(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()).lstrip("'")


# --- files -----------------------------------------------------------------------------------------------------


def _read_tables(path: Path) -> list[tuple[str, Table]]:
    suffix = path.suffix.lower()
    if suffix not in _SHEETS | _TEXTS:
        raise OfficeListError(f"“{path.name}”不是可以导入的科目表，请选择 xlsx、xls、ods 或 csv 文件。")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OfficeListError(f"读不到文件“{path}”（{error.strerror}），请检查文件是否存在、是否有权限。") from error
    return _read_sheets(path, data) if suffix in _SHEETS else [("", _read_text(path, data))]


def _read_sheets(path: Path, data: bytes) -> list[tuple[str, Table]]:
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
        sheets = [(n, book.get_sheet_by_name(n).to_python(skip_empty_area=False)) for n in book.sheet_names]
    except CalamineError as error:
        raise OfficeListError(
            f"“{path.name}”打不开，它可能已损坏、加了密码或不是电子表格，请在表格软件中另存为 xlsx 后重新导入。"
        ) from error
    several = len(sheets) > 1
    return [(f"工作表“{n}”" if several else "", [[_text(c) for c in row] for row in rows]) for n, rows in sheets]


def _text(value: object) -> str:
    """Return a cell as text; spreadsheets keep a code typed as a number as a float."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _read_text(path: Path, data: bytes) -> Table:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # The separator is the one that the beginning of the file has most of.
        beginning = "\n".join(text.splitlines()[:_SEARCHED])
        separator = max(",\t;", key=beginning.count)
        try:
            return [[c.strip() for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
        except csv.Error as error:
            raise OfficeListError(f"“{path.name}”不是完整的 csv 文件（{error}），请另存后重新导入。") from error
    raise OfficeListError(f"“{path.name}”的文字编码无法识别，请另存为 UTF-8 或 GB18030 编码的 csv 后重新导入。")
