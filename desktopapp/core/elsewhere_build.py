"""Builds what is known of other places' forms from the raw tables of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desktopapp.core.elsewhere import Elsewhere, OtherColumns, Wording
from desktopapp.core.template_fields import Fields


def build_elsewhere(raw: Mapping[str, Any], file: str) -> Elsewhere:
    """Return what the raw tables of a file declare; raises TemplateError naming file, key and reason."""
    top = Fields(dict(raw), file)
    others = Fields(top.table("others"), file, "others")
    parts = Fields(top.table("parts"), file, "parts")
    built = Elsewhere(
        titles=_texts_by_key(Fields(top.table("titles"), file, "titles")),
        others=others.texts("titles", []),
        labels={
            form: _texts_by_key(Fields(lines, file, f"labels.{form}")) for form, lines in top.table("labels").items()
        },
        columns=tuple(_columns(t) for t in top.tables("columns", [])),
        budgets=parts.texts("budgets", []),
        beside=parts.texts("beside", []),
        published=parts.texts("published", []),
        unpublished=_texts_by_key(Fields(top.table("unpublished"), file, "unpublished")),
        within=_texts_by_key(Fields(top.table("within"), file, "within")),
        items=tuple(_wording(t) for t in top.tables("items", [])),
        halves=tuple(_wording(t) for t in top.tables("halves", [])),
        totals=tuple(_wording(t, with_column=True) for t in top.tables("totals", [])),
    )
    others.done()
    parts.done()
    top.done()
    return built


def _texts_by_key(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {key: fields.texts(key) for key in fields.names()}


def _columns(t: Fields) -> OtherColumns:
    found = OtherColumns(t.text("form"), _pattern(t, "sign"), t.texts("columns"))
    t.done()
    return found


def _wording(t: Fields, *, with_column: bool = False) -> Wording:
    column = t.text("column") if with_column else ""
    found = Wording(t.text("form"), t.text("key"), _pattern(t, "label"), column)
    t.done()
    return found


def _pattern(t: Fields, key: str) -> re.Pattern[str]:
    try:
        return re.compile(t.text(key))
    except re.error as error:
        raise t.fail(key, f"不是合格的正则表达式（{error}）。") from error
