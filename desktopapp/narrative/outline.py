"""The outline of a report as declared: parts, sections, figures, tables, number style, and the sentence templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from desktopapp.core.report import Report
from desktopapp.core.template import TemplateError
from desktopapp.core.template_fields import Fields
from desktopapp.narrative.document import CellKind, ChartKind
from desktopapp.narrative.explanations import Glossary
from desktopapp.narrative.fields import NUMBERS as NUMBERS
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.selfeval_layouts import FormLayout, build_layouts

OPTION = "option."
_CHARTS = ("bars", "pie", "lines", "grouped")
_PARTS = ("text", "forms")


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section; ``text`` names its template. ``when`` names input tables: without any content the section is left
    out, unless the office wrote it itself. ``secret`` is the sentence that stands for it when it is withheld."""

    id: str
    title: str
    text: str
    when: tuple[str, ...] = ()
    secret: str = ""


@dataclass(frozen=True, slots=True)
class PartSpec:
    """One part: sections, or a text of its own, or the official forms (``kind`` "forms", a section for each)."""

    id: str
    title: str
    kind: str = "text"
    text: str = ""
    when: tuple[str, ...] = ()
    sections: tuple[SectionSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """A row of amounts: ``facts`` one for each category, or ``each`` "head*tail" for a fact per category."""

    name: str
    facts: tuple[str, ...] = ()
    each: str = ""


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """A figure; ``choice`` figures are printed only when the office wants them."""

    id: str
    caption: str
    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[SeriesSpec, ...]
    choice: bool = False


@dataclass(frozen=True, slots=True)
class TableColumnSpec:
    """A column of a table made from input rows: input column, its heading, width and setting; "#" numbers the rows."""

    key: str
    head: str
    width: int = 30
    kind: CellKind = "text"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table of the document made from an input table."""

    id: str
    caption: str
    rows: str
    columns: tuple[TableColumnSpec, ...]


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """Something the office may choose: ``choices`` are (key, label) pairs."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]
    default: str


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a template says about the report around the forms.

    ``texts`` are the sentence templates: name → (file for messages, source). With ``figures_on_choice`` figures are
    printed only when the office wants them. ``reason_threshold`` is the deviation from the budget, in per cent, from
    which a reason must be given.
    """

    id: str
    title: str
    glossary_number: str
    glossary_item: str
    part_number: str
    section_number: str
    secret: str
    reason_threshold: int
    numbers: NumberStyle
    parts: tuple[PartSpec, ...]
    figures: tuple[FigureSpec, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    options: tuple[OptionSpec, ...] = ()
    figures_on_choice: bool = False
    glossary: Glossary = field(default_factory=Glossary)
    selfeval: Mapping[str, str] = field(default_factory=dict)
    layouts: tuple[FormLayout, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def sections(self) -> tuple[SectionSpec, ...]:
        """Return all declared sections in order."""
        return tuple(s for p in self.parts for s in p.sections)

    def section(self, section_id: str) -> SectionSpec | None:
        """Return a section, or a part that has a text of its own, by id."""
        found = next((s for s in self.sections() if s.id == section_id), None)
        part = next((p for p in self.parts if p.id == section_id and p.text), None)
        return found or (SectionSpec(part.id, part.title, part.text, part.when) if part else None)

    def figure(self, figure_id: str) -> FigureSpec | None:
        """Return a figure by id."""
        return next((f for f in self.figures if f.id == figure_id), None)

    def table(self, table_id: str) -> TableSpec | None:
        """Return a table by id."""
        return next((t for t in self.tables if t.id == table_id), None)


def number_style(report: Report, outline: Outline) -> NumberStyle:
    """Return the number style of a report: the outline's, with what the office chose otherwise."""
    chosen = report.fields.get(NUMBERS)
    values = {k: getattr(outline.numbers, k) for k in NumberStyle.__slots__}
    if isinstance(chosen, dict):
        values |= {k: v for k, v in chosen.items() if k in values and type(v) is type(values[k])}
    return NumberStyle(**values)


def option(report: Report, outline: Outline, key: str) -> str:
    """Return what the office chose for an option, or its default; "" for an option that the outline lacks."""
    spec = next((o for o in outline.options if o.key == key), None)
    if spec is None:
        return ""
    chosen = report.fields.get(OPTION + key)
    return chosen if isinstance(chosen, str) and chosen in dict(spec.choices) else spec.default


# ── from raw tables ─────────────────────────────────────────────────────────────────────────────────────────────────
def build_outline(
    outline_id: str,
    raw: Mapping[str, Any],
    file: str,
    texts: Mapping[str, tuple[str, str]],
    glossary: Glossary,
    layouts: Sequence[Mapping[str, Any]] = (),
) -> Outline:
    """Return the outline of a raw table, with the raw ``layouts`` of self-evaluation forms.

    Raises TemplateError naming file, key and reason.
    """
    top = Fields(dict(raw), file)
    words = {k: str(v) for k, v in top.table("selfeval").items()}
    outline = Outline(
        id=outline_id,
        title=top.text("title"),
        glossary_number=top.text("glossary_number", "{cn}、"),
        glossary_item=top.text("glossary_item", "（{cn}）"),
        part_number=top.text("part_number", "第{cn}部分　"),
        section_number=top.text("section_number", "{cn}、"),
        secret=top.text("secret", "{title}涉密，依法不予公开。"),
        reason_threshold=top.integer("reason_threshold", 10),
        figures_on_choice=top.flag("figures_on_choice", False),
        numbers=_numbers(Fields(top.table("numbers"), file, "numbers")),
        parts=tuple(_part(t) for t in top.tables("part")),
        figures=tuple(_figure(t) for t in top.tables("figure", [])),
        tables=tuple(_table(t) for t in top.tables("table", [])),
        options=tuple(_option(t) for t in top.tables("option", [])),
        glossary=glossary,
        selfeval=words,
        layouts=build_layouts(layouts, "selfeval_layouts.toml", words),
        texts=dict(texts),
    )
    top.done()
    _check(outline, file)
    return outline


def _check(outline: Outline, file: str) -> None:
    ids = [p.id for p in outline.parts] + [s.id for s in outline.sections()]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice is not None:
        raise TemplateError(file, "id", f"“{twice}”重复了。")
    wanted = [(p.id, p.text) for p in outline.parts if p.text] + [(s.id, s.text) for s in outline.sections()]
    for owner, text in wanted:
        if text not in outline.texts:
            raise TemplateError(file, f"{owner}.text", f"找不到文字模板 {text}。")


def _numbers(t: Fields) -> NumberStyle:
    base = NumberStyle()
    style = NumberStyle(
        separators=t.flag("separators", base.separators),
        amount_places=t.integer("amount_places", base.amount_places),
        trim_amounts=t.flag("trim_amounts", base.trim_amounts),
        rate_places=t.integer("rate_places", base.rate_places),
        trim_rates=t.flag("trim_rates", base.trim_rates),
        balance_shares=t.flag("balance_shares", base.balance_shares),
    )
    t.done()
    return style


def _part(t: Fields) -> PartSpec:
    part = PartSpec(
        id=t.text("id"),
        title=t.text("title"),
        kind=t.text("kind", "text", choices=_PARTS),
        text=t.text("text", ""),
        when=t.texts("when", []),
        sections=tuple(_section(s) for s in t.tables("section", [])),
    )
    t.done()
    return part


def _section(t: Fields) -> SectionSpec:
    section = SectionSpec(t.text("id"), t.text("title"), t.text("text"), t.texts("when", []), t.text("secret", ""))
    t.done()
    return section


def _figure(t: Fields) -> FigureSpec:
    figure = FigureSpec(
        id=t.text("id"),
        caption=t.text("caption"),
        kind=cast(ChartKind, t.text("kind", choices=_CHARTS)),
        title=t.text("title", ""),
        categories=t.texts("categories", []),
        series=tuple(_series(s) for s in t.tables("series")),
        choice=t.flag("choice", False),
    )
    t.done()
    return figure


def _series(t: Fields) -> SeriesSpec:
    series = SeriesSpec(t.text("name"), t.texts("facts", []), t.text("each", ""))
    t.done()
    if bool(series.facts) == bool(series.each):
        raise t.fail("facts", "facts 和 each 应当正好写一个。")
    return series


def _table(t: Fields) -> TableSpec:
    columns = tuple(
        TableColumnSpec(c.text("key"), c.text("head"), c.integer("width", 30), cast(CellKind, c.text("kind", "text")))
        for c in t.tables("columns")
    )
    table = TableSpec(t.text("id"), t.text("caption", ""), t.text("rows"), columns)
    t.done()
    return table


def _option(t: Fields) -> OptionSpec:
    choices = tuple((k, str(v)) for k, v in t.table("choices").items())
    spec = OptionSpec(t.text("key"), t.text("label"), choices, t.text("default"))
    t.done()
    if spec.default not in dict(choices):
        raise t.fail("default", "默认值不在可选项里。")
    return spec
