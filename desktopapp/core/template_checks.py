"""What makes a form well formed, beyond each of its keys being right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from desktopapp.core.levels import LEVELS
from desktopapp.core.template import Form, Shape
from desktopapp.core.template_fields import Fields

#: What titles, notes and statements may ask for in braces.
REPORT_WORDS = ("year", "department")
_ROW_KEY = re.compile(r"\w+", re.ASCII)
_COLUMN_KEY = re.compile(r"[a-z]\w*", re.ASCII)
#: Tables that only forms of one shape have.
_PARTS = {"side": Shape.TWO_SIDED, "lead": Shape.CODES, "block": Shape.BLOCKS}


def check_form(form: Form, raw: Mapping[str, Any], f: Fields) -> None:
    """Raise TemplateError when a form does not hang together."""
    _check_parts(form, raw, f)
    _check_keys(form, f)
    _check_blocks(form, f)
    for key, text in (("title", form.title), ("empty_statement", form.empty_statement)):
        check_words(f, key, text, REPORT_WORDS)
    for note in form.notes:
        check_words(f, "notes", note, REPORT_WORDS)
    check_words(f, "unit_line", form.unit_line, ("unit",))


def check_words(f: Fields, key: str, text: str, allowed: Iterable[str]) -> None:
    """Raise TemplateError when a text asks for something in braces that nobody fills in."""
    try:
        used = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise f.fail(key, "花括号不成对。") from error
    for name in used:
        if name not in allowed:
            raise f.fail(key, f"不认识 {{{name}}}，只能用 {'、'.join(f'{{{a}}}' for a in allowed)}。")


def unique(f: Fields, key: str, values: Iterable[object]) -> None:
    """Raise TemplateError when a value comes twice."""
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise f.fail(key, f"“{value}”重复了。")
        seen.add(value)


def _check_parts(form: Form, raw: Mapping[str, Any], f: Fields) -> None:
    for part, shape in _PARTS.items():
        if part in raw and form.shape is not shape:
            raise f.fail(part, f"shape 为 {form.shape.value} 的表没有这一项。")
    if form.shape is Shape.TWO_SIDED:
        if not form.sides:
            raise f.fail("side", "左右两栏的表至少要有一栏。")
        if form.columns:
            raise f.fail("column", "左右两栏的表在每一边写 columns。")
    elif not form.columns:
        raise f.fail("column", "至少要有一个金额栏。")
    if form.shape is Shape.CODES:
        _check_lead(form, f)
    if form.shape is Shape.BLOCKS and (not form.blocks or len(form.columns) != 1 or not form.catalogue):
        raise f.fail("block", "分块的表要有 block、catalogue 和恰好一个金额栏。")


def _check_lead(form: Form, f: Fields) -> None:
    if not form.catalogue or not form.total_label:
        raise f.fail("catalogue", "按科目列示的表要写明 catalogue 和 total_label。")
    kinds = [lead.kind for lead in form.lead]
    if len(kinds) < 2 or kinds[-1] != "name" or "name" in kinds[:-1]:
        raise f.fail("lead", "按科目列示的表前面要有编码栏，最后是名称栏。")
    unique(f, "lead", kinds)


def _check_keys(form: Form, f: Fields) -> None:
    lines = [ln for s in form.sides for ln in s.lines]
    unique(f, "line", [ln.key for ln in lines])
    unique(f, "lines 的行次", [ln.no for ln in lines if ln.no is not None])
    unique(f, "column 的栏次", [c.no for c in form.all_columns() if c.no is not None])
    unique(f, "side", [s.key for s in form.sides])
    for side in form.sides or ():
        unique(f, f"side.{side.key}.columns", [c.key for c in side.columns])
        if not side.columns or not any(not ln.blank for ln in side.lines):
            raise f.fail(f"side.{side.key}", "至少要有一个金额栏和一行。")
    if not form.sides:
        unique(f, "column", [c.key for c in form.columns])
    if not _ROW_KEY.fullmatch(form.id):
        raise f.fail("id", f"“{form.id}”只能由字母、数字和下划线组成。")
    for row in (ln.key for ln in lines if not ln.blank):
        if not _ROW_KEY.fullmatch(row):
            raise f.fail("line", f"行的键“{row}”只能由字母、数字和下划线组成。")
    for column in form.all_columns():
        if not _COLUMN_KEY.fullmatch(column.key):
            raise f.fail("column", f"栏的键“{column.key}”要以小写字母开头，只能由字母、数字和下划线组成。")


def _check_blocks(form: Form, f: Fields) -> None:
    unique(f, "block", [b.key for b in form.blocks])
    unique(f, "block.classes", [c for b in form.blocks for c in b.classes])
    unique(f, "block.rows", [c for b in form.blocks for c, _ in b.rows])
    unique(f, "block.total", [t.key for t in form.totals()])
    levels = LEVELS.get(form.catalogue, ())
    for block in form.blocks:
        if block.total is not None and (not _ROW_KEY.fullmatch(block.total.key) or block.total.key.isdigit()):
            raise f.fail("block.total.key", f"合计的键“{block.total.key}”要由字母、数字和下划线组成，不能全是数字。")
        for code, _ in block.rows:
            if not (code.isascii() and code.isdigit()) or len(code) not in levels:
                raise f.fail("block.rows", f"“{code}”不是 {'、'.join(map(str, levels))} 位数字的科目编码。")
            if code[:3] not in block.classes:
                raise f.fail("block.rows", f"编码 {code} 不属于本块的类 {'、'.join(block.classes)}。")
    if form.blocks and form.blocks[-1].total is None:
        raise f.fail("block.total", "最后一块下面要有合计。")
