"""Facts in words for the window: label, value, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from desktopapp.core.naming import describe
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.text.live_text import LiveText
from desktopapp.narrative.facts import Fact

Target = Cell | tuple[str, str]
_MOST_SOURCES = 6


def value_of(text: LiveText, fact: Fact) -> str:
    """Return a fact's value with its unit, or why there is none."""
    if not fact.known:
        return fact.reason or "尚不能说明"
    written = text.facts.written(fact.id, text.narrative.style)
    sign = "-" if fact.turns and not isinstance(fact.value, str) and fact.quantity < 0 else ""
    unit = fact.unit if fact.unit and not written.endswith(fact.unit) and fact.kind != "text" else ""
    return f"{sign}{written} {unit}".strip()


def sources(text: LiveText, report: Report, fact: Fact) -> Iterator[tuple[str, Target]]:
    """Yield (words, place) of what a fact is computed from: cells, then inputs."""
    for cell in fact.cells:
        if report.has_cell(cell):
            yield describe(report, cell), cell
    for address in fact.inputs:
        page, place = text.input_page(address)
        name = text.page_name(page)
        if name:
            yield f"《{name}》", (page, place)


def tip(text: LiveText, report: Report, fact: Fact) -> str:
    """Return the tooltip of a fact as HTML."""
    parts = [f"<b>{escape(fact.label)}</b>", escape(value_of(text, fact)), "来源：" + escape(text.facts.how(fact.id))]
    return "<br>".join(parts)


def card(text: LiveText, report: Report, fact: Fact) -> tuple[str, list[Target]]:
    """Return the card of a fact as HTML with numbered links, and where they lead."""
    places = list(sources(text, report, fact))
    lines = [f"<b>{escape(fact.label)}</b>　{escape(value_of(text, fact))}"]
    lines.append(escape(f"＝ {text.facts.how(fact.id)}"))
    verb = "转到来源" if fact.known else "去填写"
    shown = places[:_MOST_SOURCES]
    lines += [f'<a href="#{at}">{verb}：{escape(name)}</a>' for at, (name, _) in enumerate(shown)]
    if len(places) > len(shown):
        lines.append(f"……共 {len(places)} 处")
    return "<br>".join(lines), [place for _, place in shown]
