"""The glossary against the forms: every functional item that occurs is explained, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.passages import Passage

_ENTRY = re.compile(r"[（(]款\s*[)）]\s*(?P<name>.{2,40}?)\s*[（(]项\s*[)）]\s*[：:]")


def check_glossary(context: Context) -> Iterator[Finding]:
    """Yield functional items of forms 03 and 05 without an explanation, and explanations given twice.

    Says nothing where the glossary explains no functional item at all: some regions leave them out.
    """
    entries: dict[str, list[Passage]] = {}
    for passage in _glossary(context):
        m = _ENTRY.search(passage.text)
        if m:
            entries.setdefault(_plain(m["name"]), []).append(passage)
    if not entries:
        return
    for name, found in entries.items():
        if len(found) > 1:
            yield text_finding(
                found[1], "glossary_twice", Severity.WARNING, f"名词解释重复列了“{name}”，请删去一条。", "", name, name
            )
    missing = _missing(_items(context), set(entries))
    if missing:
        last = next(reversed(entries.values()))[-1]
        yield text_finding(
            last, "glossary_missing", Severity.WARNING,
            f"名词解释缺少本部门使用的科目：{'、'.join(missing)}，请补充。", "、".join(missing), "", "",
        )  # fmt: skip


def _glossary(context: Context) -> Iterator[Passage]:
    inside = False
    for passage in context.passages:
        if passage.is_heading and re.match(r"[#*\s]*第.部分", passage.text):
            inside = "名词解释" in passage.text
        elif inside:
            yield passage


def _missing(items: dict[str, str], entries: set[str]) -> list[str]:
    """Return the items without an entry; cut-off and slightly different names count as the same."""
    exact = {c: _plain(n) for c, n in items.items() if _plain(n) in entries}
    left = entries - set(exact.values())
    missing = []
    for code, name in items.items():
        if code in exact:
            continue
        plain = _plain(name)
        near = max(left, key=lambda e: SequenceMatcher(None, e, plain).ratio(), default="")
        alike = near and (near.startswith(plain) or SequenceMatcher(None, near, plain).ratio() >= 0.8)
        if alike:
            left.discard(near)
        else:
            missing.append(name)
    return missing


def _items(context: Context) -> dict[str, str]:
    """Return the functional items of forms 03 and 05 that have amounts, with the fullest name printed for each."""
    names: dict[str, str] = {}
    for form_id in ("03", "05"):
        if context.report.template.has_form(form_id):
            rows = context.report.rows_of(form_id)
            for row in rows:
                code = base(row)
                if len(code) == 7 and _used(context, form_id, row) and len(rows.name(row)) >= len(names.get(code, "")):
                    names[code] = rows.name(row)
    return names


def _used(context: Context, form_id: str, row: str) -> bool:
    form = context.report.template.form(form_id)
    return any((form_id, row, c.key) in context.report.amounts for c in form.columns)


def _plain(name: str) -> str:
    return re.sub(r"[\s（）()]", "", name)
