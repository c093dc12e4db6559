"""Reads the JSON of a report, as ``export --json`` writes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Amount, AmountError, Unit, parse_amount
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Form, Line, Shape, Template


class JsonError(ValueError):
    """Raised when a file is no report in JSON; its message is a sentence for the user."""


def load_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; raises JsonError."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
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
    if not isinstance(year, int):
        raise JsonError(f"“{name}”里的年度“{year}”不是整数，请改正后再导入。")
    report = new_report(template, year, str(raw.get("unit_name", "")))
    unit = {"万元": Unit.WAN, "元": Unit.YUAN}.get(str(raw.get("money_unit", "万元")))
    if unit is None:
        raise JsonError(f"“{name}”里的金额单位“{raw.get('money_unit')}”不认识，只能是“万元”或“元”。")
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
        self._by_no = {str(c.no): c.key for c in form.all_columns() if c.no is not None}
        self._numbered = {ln.no: ln for s in form.sides for ln in s.lines if ln.no is not None}
        self._seen: set[str] = set()

    def read(self, body: Mapping[str, Any]) -> None:
        if self._finer(body):
            self._report.grains[self._form.id] = EXACT_GRAIN
        readers: dict[Shape, Callable[[Mapping[str, Any]], None]] = {
            Shape.TWO_SIDED: self._lines,
            Shape.CODES: self._codes,
            Shape.BLOCKS: self._blocks,
            Shape.SINGLE: lambda b: self._values(SINGLE_ROW, b.get("values")),
        }
        readers[self._form.shape](body)

    def _finer(self, body: Mapping[str, Any]) -> bool:
        """Tell whether any amount is finer than 0.01 万元, so that the form must be kept in 分."""

        def finer(value: Any) -> bool:
            if isinstance(value, Mapping):
                return any(finer(v) for k, v in value.items() if k not in ("label", "name", "code", "line", "side"))
            if isinstance(value, list):
                return any(finer(v) for v in value)
            if not isinstance(value, str):
                return False
            try:
                return bool((parse_amount(value, self._unit, EXACT_GRAIN) or 0) % PUBLISHED_GRAIN)
            except AmountError:
                return False

        return finer(body)

    def _lines(self, body: Mapping[str, Any]) -> None:
        for entry in self._list(body, "lines"):
            number = entry.get("line")
            line = self._numbered.get(number or 0) or self._by_label(
                str(entry.get("side", "")), str(entry.get("label", ""))
            )
            values = entry.get("values") or {}
            if line is not None and not line.blank:
                self._values(line.key, values)
            elif values:
                raise self._fail(f"{number} 行", "模板里没有这一行，请检查模板是否选对")

    def _by_label(self, side_key: str, label: str) -> Line | None:
        found = [ln for s in self._form.sides if s.key == side_key for ln in s.lines if ln.label == label and label]
        return found[0] if len(found) == 1 else None

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
        code, name = str(entry.get("code", "")).strip(), str(entry.get("name", "")).strip()
        if not code.isdigit():
            raise self._fail(f"编码“{code}”", "科目编码只能是数字，请改正后再导入")
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
        columns = {c.key for c in self._form.columns_of(row)}
        for number, text in values.items():
            key = self._by_no.get(str(number))
            if key is None or key not in columns:
                raise self._fail(f"{row} 的 {number} 栏", "模板里没有这一栏，请检查模板是否选对")
            self._set(row, key, text)

    def _set(self, row: str, column: str, text: Any) -> None:
        try:
            amount: Amount = parse_amount(
                "" if text is None else str(text), self._unit, self._report.grain(self._form.id)
            )
        except AmountError as error:
            raise self._fail(row, str(error).rstrip("。")) from error
        if amount:
            self._report.amounts[Cell(self._form.id, row, column)] = amount

    def _list(self, body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        found = body.get(key, [])
        if not isinstance(found, list) or not all(isinstance(e, Mapping) for e in found):
            raise self._fail(key, "应是一个列表")
        return found

    def _fail(self, where: str, reason: str) -> JsonError:
        return JsonError(f"“{self._name}”的{self._form.called}（{where}）：{reason}。")
