"""What the fields of a report are called, down to their parts, and their values in words; for lists of differences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desktopapp.core.accepted import ACCEPTED
from desktopapp.core.amount import format_amount
from desktopapp.core.findings import UNSURE
from desktopapp.core.merging_values import ABSENT
from desktopapp.core.performance.scoring import POINT
from desktopapp.core.report import Report
from desktopapp.core.rounding import PLAN_FIELD
from desktopapp.narrative.glossary import FIELD as GLOSSARY
from desktopapp.narrative.inputs import FIELD as INPUT
from desktopapp.narrative.inputs import KEY, InputColumn, InputTable
from desktopapp.narrative.narrative import SECRET_FIELD, TEXT_FIELD
from desktopapp.narrative.numbers import plain_decimal
from desktopapp.narrative.outline import OPTION, Outline
from desktopapp.narrative.selfeval_tables import FIELD as SELFEVAL

_EMPTY = "（空）"
_AMOUNTS = {"budget", "executed", "basic_total", "project_total"}
_POINTS = {"score", "weight", "total"}
#: Parts of a self-evaluation form that the printed form has no words for.
_PARTS = {
    "filled_on": "填报日期",
    "unit": "计量单位",
    "weight": "分值",
    "remark": "备注",
    "kind": "表的种类",
    "groups": "分值合并",
    "goals": "年度目标",
}
_OTHERS = {
    ACCEPTED: "提示的说明",
    PLAN_FIELD: "公开金额舍入方案",
    UNSURE: "存疑金额的标记",
    SECRET_FIELD: "不予公开的内容",
    "source.text": "导入的原文",
    "numbers": "文字中数字的写法",
}
_FILL = re.compile(r"（?[（{][^）}]*[）}]）?")


class FieldNames:
    """Names fields by the words of outline and input tables."""

    def __init__(self, report: Report, outline: Outline, inputs: Mapping[str, InputTable]) -> None:
        self._report, self._outline, self._inputs = report, outline, inputs

    def name(self, key: str, path: tuple[str, ...]) -> tuple[str, str]:
        """Return the group to which a part of a field belongs, and what it is called there."""
        if key.startswith(TEXT_FIELD):
            section = self._outline.section(key.removeprefix(TEXT_FIELD))
            return "情况说明", section.title.format_map(_Blank()) if section is not None else key
        if key.startswith(INPUT):
            return self._input_name(key.removeprefix(INPUT), path)
        if key == SELFEVAL:
            return "绩效自评", self._selfeval_name(path)
        if key.startswith(GLOSSARY):
            term = key.removeprefix(GLOSSARY)
            label = next((t.label for t in self._outline.glossary.terms if t.key == term), "")
            return "名词解释", label or self._code(term)
        option = next((o.label for o in self._outline.options if OPTION + o.key == key), "")
        return "其他内容", " ".join(w for w in (option or _OTHERS.get(key, key), *path[:1]) if w)

    def _input_name(self, table_id: str, path: tuple[str, ...]) -> tuple[str, str]:
        table = self._inputs.get(table_id)
        if table is None:
            return "其他内容", " ".join((table_id, *path))
        row, *column = path or ("",)
        if table.row_kind == "one":
            row = ""
        label = dict(table.rows).get(row) or self._code(row)
        heads = [c.label for k in column if (c := table.column(k)) is not None]
        return table.title, " ".join(w for w in (label[:40], *heads) if w) or table.title

    def _code(self, code: str) -> str:
        """Return a code with the name it has in a form of the report."""
        names = (rows.name(code) for rows in self._report.rows.values() if code in rows)
        return f"{code} {next(names, '')}".strip()

    def _selfeval_name(self, path: tuple[str, ...]) -> str:
        if not path:
            return "全部自评表"
        form, *rest = path
        words = [form.partition(" ")[2] or form]
        skipped = {"head", "execution", "indicators", "goals"}
        for at, key in enumerate(rest):
            if at == 0 and key in skipped:
                continue
            words.append(self._selfeval_part(key, inside=rest[0] if at else ""))
        return " ".join(w for w in words if w)

    def _selfeval_part(self, key: str, inside: str) -> str:
        labels = self._outline.selfeval
        if inside == "goals" and key.isdigit():
            return labels["goal_n"].format(n=key) if "goal_n" in labels else f"目标{key}"
        if inside == "goals" and key == "text":
            return ""
        if inside == "head" and key == "name":
            return "名称"
        found = _PARTS.get(key) or labels.get(key, key)
        return _FILL.sub("", found).strip() or found

    # ── values ──────────────────────────────────────────────────────────────────────────────────────────────────
    def value(self, key: str, path: tuple[str, ...], value: Any) -> str:
        """Return a value in words."""
        if value is ABSENT or value is None or value in ("", [], {}):
            return _EMPTY
        table = self._inputs.get(key.removeprefix(INPUT)) if key.startswith(INPUT) else None
        if table is not None:
            return _input_value(table, path, value)
        if key == SELFEVAL:
            return self._selfeval_value(path[-1] if path else "", value)
        return _plain(value)

    def _selfeval_value(self, key: str, value: Any) -> str:
        if isinstance(value, int) and key in _AMOUNTS:
            return f"{format_amount(value)} 万元"
        if isinstance(value, int) and key in _POINTS:
            return plain_decimal(value * 100 // POINT, 2, False, trim=True)
        if isinstance(value, dict):
            if isinstance(head := value.get("head"), dict):
                return f"自评表“{head.get('name', '')}”，{len(value.get('indicators') or ())} 个指标"
            shown = (self._selfeval_value(k, v) for k, v in value.items() if v not in (None, "", 0, [], {}))
            return "；".join(shown)
        if isinstance(value, list):
            return f"{len(value)} 项"
        return _plain(value)


class _Blank(dict[str, str]):
    """Leaves what a title would be filled with out of it."""

    def __missing__(self, key: str) -> str:
        return ""


def _input_value(table: InputTable, path: tuple[str, ...], value: Any) -> str:
    if isinstance(value, dict):
        cells = ((table.column(k), v) for k, v in value.items() if k != KEY and v not in (None, ""))
        words = [f"{c.label}：{_cell(c, v)}" for c, v in cells if c is not None]
        return "；".join(words) or _EMPTY
    column = table.column(path[-1]) if path else None
    return _cell(column, value) if column is not None else _plain(value)


def _cell(column: InputColumn, value: Any) -> str:
    if column.kind == "amount" and isinstance(value, int):
        return f"{format_amount(value)} 万元"
    if column.kind == "choice":
        return dict(column.choices).get(str(value), str(value))
    return f"{_plain(value)}{column.unit if isinstance(value, int) else ''}"


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(map(_plain, value)) if len(value) <= 5 else f"{len(value)} 项"
        case dict():
            return f"{len(value)} 项"
    return str(value)
