"""Facts in words for the window: label, value, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from desktopapp.core.naming import describe
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.text.lines import Run
from desktopapp.gui.text.live_text import LiveText
from desktopapp.narrative.bindings import is_words
from desktopapp.narrative.facts import Fact

Target = Cell | tuple[str, str]
_MOST_SOURCES = 6
_OLD_NUMBER = "上年文字中的数字，没有对应的数据：请核对后改写，或绑定到一个数据。"
_OLD_REASON = "上年写的原因，请核对今年是否仍然如此。"


def old_tip(run: Run) -> str:
    """Return the tooltip of a number or reason carried over from last year."""
    return _OLD_REASON if is_words(run.text) else _OLD_NUMBER


def old_card(run: Run) -> str:
    """Return the card of a number or reason carried over from last year, as HTML with links."""
    if is_words(run.text):
        links = '<a href="#keep">仍然如此，保留</a>　<a href="#rewrite">改写</a>'
        return f"{_OLD_REASON}<br>{links}"
    links = '<a href="#bind">绑定到数据…</a>　<a href="#keep">数字无误，作为普通文字</a>'
    return f"<b>{escape(run.text)}</b> 没有对应的数据，请核对。<br>{links}"


def old_words(numbers: int, reasons: int) -> str:
    """Return the line that says how much of last year's text is still to be looked at, as HTML with links."""
    parts = [f"{n} 处{what}" for n, what in ((numbers, "数字"), (reasons, "原因")) if n]
    links = '<a href="#next">下一处</a>　<a href="#settle">本节都已核对</a>'
    return f"◆ 上年的{'、'.join(parts)}待核对：{links}"


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
