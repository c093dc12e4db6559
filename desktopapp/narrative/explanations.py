"""The stock of explanations for Part 5: terms, functional items, and wording for items without one of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopapp.core.template import TemplateError
from desktopapp.core.template_fields import Fields


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its explanation. It is printed when one of ``facts`` is not zero, or always without any.

    The term with the key "items" stands for the list of functional items.
    """

    key: str
    label: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameRule:
    """Wording for every item whose name matches; {name}, {subject}, {section} and {class} are filled in."""

    name: re.Pattern[str]
    text: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """All explanations: terms in printed order, items by code, rules in the order they are tried."""

    terms: tuple[Term, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[NameRule, ...] = ()

    def item(self, code: str, name: str, section: str, class_: str) -> str:
        """Return the explanation of a functional item; "" when neither code nor name is known."""
        found = self.items.get(code)
        if found is not None:
            return found
        for rule in self.rules:
            if rule.name.search(name):
                names = {
                    "name": name,
                    "subject": _subject(name),
                    "section": _subject(section),
                    "class": _subject(class_),
                }
                return rule.text.format(**names)
        return ""


def _subject(name: str) -> str:
    """Return a code's name as a subject: without 支出 at the end and 其他 at the beginning."""
    return name.removeprefix("其他").removesuffix("支出").removesuffix("安排的") or name


def build_glossary(raw: Mapping[str, Any], file: str) -> Glossary:
    """Return the stock of a raw table; raises TemplateError naming file, key and reason."""
    top = Fields(dict(raw), file)
    terms = []
    for t in top.tables("term", []):
        terms.append(Term(t.text("key"), t.text("label"), t.text("text", ""), t.texts("facts", [])))
        t.done()
    rules = []
    for t in top.tables("rule", []):
        try:
            rules.append(NameRule(re.compile(t.text("name")), t.text("text")))
        except re.error as error:
            raise TemplateError(file, "rule.name", f"“{t.text('name')}”不是合格的表达式（{error}）。") from error
        t.done()
    items = {str(k): str(v) for k, v in top.table("items").items()}
    top.done()
    bad = next((code for code in items if not (code.isdigit() and len(code) in (3, 5, 7))), None)
    if bad is not None:
        raise TemplateError(file, f"items.{bad}", "科目编码应为 3、5 或 7 位数字。")
    return Glossary(tuple(terms), items, tuple(rules))
