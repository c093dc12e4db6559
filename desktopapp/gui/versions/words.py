"""Changes in words: what they are about, what was there and what is there now, and where to look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopapp.core.amount import EXACT_GRAIN, Unit, format_number
from desktopapp.core.merging import MERGES
from desktopapp.core.naming import describe, form_name
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_json
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.text.lines import Run, is_place, runs_of
from desktopapp.narrative.glossary import FIELD as GLOSSARY_FIELD
from desktopapp.narrative.input_rows import show_value, shown_rows
from desktopapp.narrative.inputs import FIELD as INPUT_FIELD
from desktopapp.narrative.inputs import KEY, InputTable
from desktopapp.narrative.narrative import SECRET_FIELD, TEXT_FIELD
from desktopapp.narrative.selfeval_layouts import layout_of
from desktopapp.narrative.selfeval_tables import FIELD as SELFEVAL_FIELD
from desktopapp.narrative.selfeval_tables import form_table
from desktopapp.store.journal import Change
from desktopapp.store.labels import cell_name, row_name

if TYPE_CHECKING:
    from desktopapp.gui.document import Document

Target = Cell | tuple[str, str]
#: Longest value shown in a line of a list.
_LONGEST = 60
#: Groups under which differences stand, besides the forms.
HEAD, TEXTS, INPUTS, SELFEVAL, OTHER = "报表属性", "文字部分", "补充数据", "绩效自评", "其他"
#: Contents that have no page of their own.
_CONTENTS = {
    SECRET_FIELD: "不予公开的章节",
    "rounding": "公开金额舍入方案",
    "import.unsure": "导入时存疑的标记",
    "accepted": "校验警告的说明",
    "source.text": "导入的文字",
    MERGES: "合并过哪些副本的记录",
}


@dataclass(frozen=True, slots=True)
class Words:
    """One change in words. ``was`` and ``now`` are whole texts; ``target`` is where it can be looked at now."""

    group: str
    what: str
    was: str
    now: str
    gap: str = ""
    target: Target | None = None


def short(text: str) -> str:
    """Return a text as it fits into a line of a list."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


class Describer:
    """Puts changes of a document into words; ``before`` is the report of the other version, where there is one."""

    def __init__(self, document: Document, before: Report | None = None) -> None:
        self._document = document
        self._report = document.report
        self._before = before if before is not None else document.report

    def words(self, change: Change) -> list[Words]:
        """Return a change in words; a table of inputs gives a line for each value that differs."""
        if change.kind == "field":
            return list(self._field(change))
        was = self._value(change, change.was, change.was_auto)
        now = self._value(change, change.now, change.now_auto)
        return [Words(self._group(change), self._place(change), was, now, self._gap(change), self._target(change))]

    # ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _group(self, change: Change) -> str:
        if change.kind in ("head", "setting") or not change.form:
            return HEAD
        return self._form(change.form)

    def _form(self, form_id: str) -> str:
        report = self._report if self._report.template.has_form(form_id) else self._before
        return form_name(report, form_id) if report.template.has_form(form_id) else form_id

    def _place(self, change: Change) -> str:
        """Return what a change is about; rows that are gone keep their code."""
        if change.kind == "cell":
            cell = Cell(change.form, change.row, change.col)
            named = next((r for r in (self._report, self._before) if r.has_cell(cell)), None)
            return describe(named, cell) if named is not None else cell_name(cell, self._report)
        if change.kind == "row":
            rows = self._report.rows.get(change.form)
            named = self._report if rows is not None and change.row in rows else self._before
            return f"{self._form(change.form)} {row_name(change.form, change.row, named)} 行"
        if change.kind == "order":
            return f"{self._form(change.form)} 各行的次序"
        if change.kind == "head":
            return {"year": "年度", "department": "部门", "template": "模板"}.get(change.row, change.row)
        if change.kind == "grain":
            return f"{self._form(change.form)} 精度"
        if change.kind == "setting":
            return dict(self._report.template.settings).get(change.row, change.row)
        return f"{change.kind} {change.row}"

    def _value(self, change: Change, value: Any, automatic: bool) -> str:
        if change.kind == "cell":
            text = "空" if value is None else _amount(int(value), self._is_exact(change.form))
            return f"{text}（自动）" if automatic else text
        if change.kind == "row":
            return "无" if value is None else str(value) or "（无名称）"
        if change.kind == "order":
            return "（不同）"
        if change.kind == "grain":
            return "元" if value == EXACT_GRAIN else "万元"
        if change.kind == "setting":
            return "是" if value else "否"
        return "空" if value is None else str(value)

    def _gap(self, change: Change) -> str:
        if change.kind != "cell":
            return ""
        return _amount((change.now or 0) - (change.was or 0), self._is_exact(change.form))

    def _is_exact(self, form_id: str) -> bool:
        return self._report.template.has_form(form_id) and self._report.is_exact(form_id)

    def _target(self, change: Change) -> Target | None:
        if change.kind == "cell":
            cell = Cell(change.form, change.row, change.col)
            return cell if self._report.has_cell(cell) else (change.form, "")
        if change.kind == "row" and self._report.template.has_form(change.form):
            columns = self._report.template.form(change.form).columns_of(change.row)
            rows = self._report.rows.get(change.form)
            if columns and rows is not None and change.row in rows:
                return Cell(change.form, change.row, columns[0].key)
        return (change.form, "") if change.form else None

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def _field(self, change: Change) -> Iterator[Words]:
        key, text = change.row, self._document.text
        if key.startswith(INPUT_FIELD) and (table := text.book.inputs.get(key.removeprefix(INPUT_FIELD))) is not None:
            yield from self._input(table, change.was, change.now)
        elif key == SELFEVAL_FIELD:
            yield from self._selfeval(change.was, change.now)
        elif key.startswith(TEXT_FIELD):
            name = text.page_name(key) or key.removeprefix(TEXT_FIELD)
            unwritten = "（模板文字）"
            was, now = (unwritten if v is None else self._written(v) for v in (change.was, change.now))
            yield Words(TEXTS, f"“{name}”", was, now, target=(key, ""))
        elif key.startswith(GLOSSARY_FIELD):
            term = key.removeprefix(GLOSSARY_FIELD)
            yield Words(TEXTS, f"名词解释“{term}”", _plain(change.was), _plain(change.now))
        else:
            yield Words(OTHER, _CONTENTS.get(key, f"其他内容 {key}"), _plain(change.was), _plain(change.now))

    def _written(self, stored: Any) -> str:
        """Return a stored text with the present values, in brackets, where it holds a place for them."""
        if not isinstance(stored, str):
            return _plain(stored)
        preview = self._document.text.narrative.preview
        lines = (runs_of(preview(line)) if not is_place(line) else [Run(line)] for line in stored.splitlines())
        return "\n".join("".join(f"〔{r.text}〕" if r.holder else r.text for r in runs) for runs in lines)

    def _input(self, table: InputTable, was: Any, now: Any) -> Iterator[Words]:
        """Yield a line for every value of a table that differs."""
        labels = {r.key: r.label for r in shown_rows(self._report, self._document.text.facts, table)}
        old, new = _input_rows(table, was), _input_rows(table, now)
        unit = self._document.unit
        found = False
        for row in dict.fromkeys([*new, *old]):
            before, after = old.get(row, {}), new.get(row, {})
            for column in table.columns:
                if before.get(column.key) == after.get(column.key):
                    continue
                found = True
                one, other = (show_value(column, v.get(column.key), unit) or "空" for v in (before, after))
                suffix = f"（{unit.value}）" if column.kind == "amount" else ""
                words = " ".join(w for w in (f"《{table.title}》", labels.get(row, row), column.label + suffix) if w)
                yield Words(INPUTS, words, one, other, target=(table.field, f"{row}.{column.key}"))
        if not found:
            yield Words(INPUTS, f"《{table.title}》", _plain(was), _plain(now), target=(table.field, ""))

    def _selfeval(self, was: Any, now: Any) -> Iterator[Words]:
        """Yield a line for every self-evaluation form that differs, with both as text."""
        old, new = (self._forms_as_text(v) for v in (was, now))
        for name in dict.fromkeys([*new, *old]):
            one, other = old.get(name, (0, "无")), new.get(name, (0, "无"))
            if one[1] != other[1]:
                target = f"{SELFEVAL_FIELD}/{other[0]}" if name in new else SELFEVAL_FIELD
                yield Words(SELFEVAL, f"自评表《{name}》", one[1], other[1], target=(target, ""))

    def _forms_as_text(self, stored: Any) -> dict[str, tuple[int, str]]:
        """Return the forms by name: position and the lines of the printed table."""
        found: dict[str, tuple[int, str]] = {}
        layouts = self._document.text.outline.layouts
        for number, raw in enumerate(stored if isinstance(stored, list) else []):
            try:
                form = from_json(raw)
            except SelfEvalFormatError:
                found[f"第{number + 1}张"] = (number, _plain(raw))
                continue
            table = form_table(form, self._report.year, layout_of(form, layouts))
            lines = ("　".join(c.text for c in row if c.text) for row in table.body)
            name = form.head.name or f"第{number + 1}张"
            while name in found:
                name += "（又一张）"
            found[name] = (number, "\n".join(lines))
        return found


def _input_rows(table: InputTable, stored: Any) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a stored table by key, or by position where it has none."""
    listed = [stored] if isinstance(stored, Mapping) else stored if isinstance(stored, list) else []
    rows = [r for r in listed if isinstance(r, Mapping)]
    if table.row_kind == "one":
        return {"": rows[0]} if rows else {}
    if table.keyed:
        return {str(r.get(KEY, "")): r for r in rows}
    return {str(n): r for n, r in enumerate(rows, 1)}


def _plain(value: Any) -> str:
    if value is None:
        return "空"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _amount(fen: int, exact: bool) -> str:
    return f"{format_number(fen, Unit.YUAN)} 元" if exact else f"{format_number(fen)} 万元"
