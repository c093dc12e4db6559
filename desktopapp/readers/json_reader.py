"""Reads the JSON of a report, as ``export --json`` writes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, AmountError, Unit, narrow, parse_amount, shown
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Form, Line, Shape, Template

#: Years that a report can be of; anything else is a slip.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class JsonError(ValueError):
    """Raised when a file is no report in JSON; its message is a sentence for the user."""


def load_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; raises JsonError."""
    try:
        # Amounts written as numbers stay the decimal strings they are in the file.
        raw = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise JsonError(f"“{path.name}”不是合格的 JSON 文件，请检查是否选错了文件。") from error
    except OSError as error:
        raise JsonError(f"“{path.name}”读不出来（{error.strerror}），请检查文件是否存在、是否有读取权限。") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("forms"), dict):
        raise JsonError(f"“{path.name}”里没有报表（缺少 forms），请选择由本软件导出的 JSON 文件。")
    return raw


def report_from_json(raw: Mapping[str, Any], template: Template, name: str = "JSON") -> Report:
    """Return the report that a JSON object describes; every amount is taken as typed.

    Raises JsonError naming form, row and column.
    """
    year = raw.get("year", template.year)
    if type(year) is not int or not FIRST_YEAR <= year <= LAST_YEAR:
        raise JsonError(
            f"“{name}”里的年度“{shown(str(year))}”应是 {FIRST_YEAR} 至 {LAST_YEAR} 之间的整数，请改正后再导入。"
        )
    department = raw.get("unit_name")
    if not isinstance(department, str | None):
        raise JsonError(f"“{name}”里的部门名称（unit_name）应是文字，请改正后再导入。")
    report = new_report(template, year, (department or "").strip())
    unit = {"万元": Unit.WAN, "元": Unit.YUAN}.get(str(raw.get("money_unit", "万元")))
    if unit is None:
        given = shown(str(raw.get("money_unit")))
        raise JsonError(f"“{name}”里的金额单位“{given}”不认识，只能是“万元”或“元”。")
    for form_id, body in raw["forms"].items():
        if not template.has_form(form_id) or form_id.startswith("last."):
            raise JsonError(f"“{name}”里有模板“{template.name}”没有的表 {form_id}，请选择合适的模板。")
        if not isinstance(body, Mapping):
            raise JsonError(f"“{name}”里的表 {form_id} 不是一张表，请重新导出该文件。")
        _FormReader(report, template.form(form_id), unit, name).read(body)
    return _settings(report, raw, name)


def _settings(report: Report, raw: Mapping[str, Any], name: str) -> Report:
    """Take over the settings that the template knows."""
    settings = raw.get("settings", {})
    known = dict(report.template.settings)
    if not isinstance(settings, Mapping) or not all(k in known and isinstance(v, bool) for k, v in settings.items()):
        raise JsonError(f"“{name}”里的 settings 有模板不认识的内容，请改正后再导入。")
    report.settings.update(settings)
    return report


class _FormReader:
    """Takes one form of the JSON into a report."""

    def __init__(self, report: Report, form: Form, unit: Unit, name: str) -> None:
        self._report, self._form, self._unit, self._name = report, form, unit, name
        self._numbered = {ln.no: ln for s in form.sides for ln in s.lines if ln.no is not None}
        self._seen: set[str] = set()

    def read(self, body: Mapping[str, Any]) -> None:
        if any(self._finer(text) for text in self._texts(body)):
            self._report.grains[self._form.id] = EXACT_GRAIN
        readers: dict[Shape, Callable[[Mapping[str, Any]], None]] = {
            Shape.TWO_SIDED: self._lines,
            Shape.CODES: self._codes,
            Shape.BLOCKS: self._blocks,
            Shape.SINGLE: lambda b: self._values(SINGLE_ROW, b.get("values")),
        }
        readers[self._form.shape](body)

    def _texts(self, body: Mapping[str, Any]) -> Iterator[Any]:
        """Yield every amount of a form as it is written."""
        entries = [e for key in ("lines", "rows") for e in self._list(body, key)]
        for values in (*(e.get("values") for e in entries), body.get("values"), body.get("total")):
            yield from values.values() if isinstance(values, Mapping) else ()
        yield from (e.get("value") for e in entries)
        yield from (body.get(f"{t.key}_total") for t in self._form.totals())

    def _finer(self, value: Any) -> bool:
        """Tell whether an amount is finer than 0.01 万元, so that the form must be kept in 分."""
        try:
            return bool((parse_amount(_amount_text(value), self._unit, EXACT_GRAIN) or 0) % PUBLISHED_GRAIN)
        except AmountError:
            return False

    def _lines(self, body: Mapping[str, Any]) -> None:
        for entry in self._list(body, "lines"):
            line = self._line_of(entry)
            values = entry.get("values") or {}
            if line is not None and not line.blank:
                self._seen.add(line.key)
                self._values(line.key, values)
            elif values:
                where = entry.get("line") or entry.get("label") or ""
                raise self._fail(f"{shown(str(where))} 行", "模板里没有这一行，请检查模板是否选对")

    def _line_of(self, entry: Mapping[str, Any]) -> Line | None:
        """Return the line that an entry is about.

        Its label tells, where it is printed elsewhere than the number says (the numbers of another template); else its
        number does, and without numbers the next line with the label.
        """
        number, label, side = entry.get("line"), _folded(entry.get("label")), entry.get("side")
        if isinstance(number, str) and number.isascii() and number.isdigit():
            number = int(number)
        numbered = self._numbered.get(number) if type(number) is int else None
        if numbered is not None and _folded(numbered.label) == label:
            return numbered
        lines = [ln for s in self._form.sides if side in (None, s.key) for ln in s.lines if not ln.blank]
        labelled = [ln for ln in lines if label and _folded(ln.label) == label]
        if number is None:
            return next((ln for ln in labelled if ln.key not in self._seen), None)
        return labelled[0] if len(labelled) == 1 else numbered

    def _codes(self, body: Mapping[str, Any]) -> None:
        for entry in self._list(body, "rows"):
            self._values(self._row(entry), entry.get("values"))
        self._values(TOTAL_ROW, body.get("total"))

    def _blocks(self, body: Mapping[str, Any]) -> None:
        column = self._form.columns[0].key
        for entry in self._list(body, "rows"):
            self._set(self._row(entry), column, entry.get("value"))
        for total in self._form.totals():
            self._set(total.key, column, body.get(f"{total.key}_total"))

    def _row(self, entry: Mapping[str, Any]) -> str:
        """Return the key of a row, adding it; a doubled code gets a key of its own and keeps its amounts."""
        code, name = narrow(str(entry.get("code") or "")).strip(), str(entry.get("name") or "").strip()
        if not (code.isascii() and code.isdigit()):
            raise self._fail(f"编码“{shown(code)}”", "科目编码只能是数字，请改正后再导入")
        rows = self._report.rows_of(self._form.id)
        printed = self._form.shape is Shape.BLOCKS and any(code == c for b in self._form.blocks for c, _ in b.rows)
        key, n = code, 1
        while key in rows and not (printed and n == 1 and key not in self._seen):
            n += 1
            key = f"{code}#{n}"
        self._seen.add(key)
        if key not in rows:
            at = rows.place_for(key) if self._form.shape is Shape.BLOCKS else len(rows)
            rows.insert(key, name, at)
        elif name:
            rows.rename(key, name)
        return key

    def _values(self, row: str, values: Any) -> None:
        if values is None:
            return
        if not isinstance(values, Mapping):
            raise self._fail(row, "金额应按栏次写明")
        columns = {c.key if c.no is None else str(c.no): c.key for c in self._form.columns_of(row)}
        for number, text in values.items():
            key = columns.get(str(number))
            if key is None:
                raise self._fail(f"{row} 的 {shown(str(number))} 栏", "模板里没有这一栏，请检查模板是否选对")
            self._set(row, key, text)

    def _set(self, row: str, column: str, text: Any) -> None:
        try:
            amount = parse_amount(_amount_text(text), self._unit, self._report.grain(self._form.id))
        except AmountError as error:
            raise self._fail(row, str(error).rstrip("。")) from error
        cell = Cell(self._form.id, row, column)
        if amount and self._report.amounts.setdefault(cell, amount) != amount:
            raise self._fail(row, f"这一行出现了两次，金额不同（{shown(str(text))}），请改正后再导入")

    def _list(self, body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        found = body.get(key, [])
        if not isinstance(found, list) or not all(isinstance(e, Mapping) for e in found):
            raise self._fail(key, "应是一个列表")
        return found

    def _fail(self, where: str, reason: str) -> JsonError:
        return JsonError(f"“{self._name}”的{self._form.called}（{where}）：{reason}。")


def _amount_text(value: Any) -> str:
    """Return an amount as it is written; a number that is no decimal string is written out."""
    return "" if value is None else str(value)


def _folded(label: Any) -> str:
    """Return a label without blanks and full-width forms, "" for what is no text."""
    return "".join(narrow(label).split()) if isinstance(label, str) else ""
