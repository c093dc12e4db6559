"""Checks of the text that a report will print: its sections read like any other text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.narrative.document import Heading, ReportDocument, Span, Text
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.fields import MISSING as MISSING
from desktopapp.narrative.fields import TEXT_FIELD
from desktopapp.narrative.marks import GAP
from desktopapp.narrative.reading.check import check_text
from desktopapp.narrative.reading.claims import ClaimBook
from desktopapp.narrative.reading.passages import Passage, narrow, section_of


def document_passages(document: ReportDocument) -> list[Passage]:
    """Return the document's paragraphs as passages; ``where`` is the id of the paragraph (income#2)."""
    return list(_passages(document))


def _passages(document: ReportDocument) -> Iterator[Passage]:
    part, section, heading = 0, "", ""
    for block in document.blocks:
        match block:
            case Heading(level, text, id_):
                if level == 1:
                    part, section = part + 1, ""
                if level <= 2:
                    heading = narrow(text)
                if level == 2:
                    section = section_of(text) if "#" not in id_ and "." not in id_ else ""
                yield Passage(narrow(text), id_, part, section, heading, True)
            case Text(_, id_):
                yield Passage(narrow(block.plain), id_, part, section, heading)


def document_findings(report: Report, facts: Facts, book: ClaimBook, document: ReportDocument) -> list[Finding]:
    """Return what is wrong in the text that will be printed, and what is still missing there.

    ``form`` is the page of the section (text.income), ``rows`` hold it with the id of the paragraph.
    """
    titles = {h.id: h.text for h in document.headings() if h.level <= 2}
    passages = document_passages(document)
    ids = {p.where for p in passages}
    found = check_text(report, facts, book, passages)
    # Gaps are told once for each section; what is not about a paragraph is found where it stands.
    told = (f for f in found if not (f.rule == "text.leftover" and _is_gap(f)))
    placed = [_placed(f, titles) for f in told if _paragraph(f) in ids]
    return [*placed, *_missing(document, titles)]


def _paragraph(finding: Finding) -> str:
    """Return the id of the paragraph, without the heading that findings add to it."""
    return finding.where.partition("（")[0]


def _is_gap(finding: Finding) -> bool:
    return GAP.search(finding.quote) is not None


def _placed(finding: Finding, titles: dict[str, str]) -> Finding:
    paragraph = _paragraph(finding)
    section, _, number = paragraph.partition("#")
    where = f"“{titles.get(section, section)}”" + (f"第 {number} 段" if number else "")
    return replace(finding, form=TEXT_FIELD + section, rows=((TEXT_FIELD + section, paragraph),), where=where)


def _missing(document: ReportDocument, titles: dict[str, str]) -> Iterator[Finding]:
    """Yield a finding for each section in which something still has to be filled in."""
    gaps: dict[str, list[tuple[str, Span]]] = {}
    for text in document.texts():
        spans = [(text.id, s) for s in text.spans if s.state in ("missing", "unbound")]
        if spans:
            gaps.setdefault(text.id.partition("#")[0], []).extend(spans)
    for section, spans in gaps.items():
        paragraph, first = spans[0]
        names = list(dict.fromkeys(_shortened(s.text.strip("【】").removeprefix("请填写：")) for _, s in spans))
        listed = "、".join(names[:4]) + ("等" if len(names) > 4 else "")
        title = titles.get(section, section)
        old = any(s.state == "unbound" for _, s in spans)
        yield Finding(
            id=f"{MISSING}[{section}]",
            rule=MISSING,
            severity=Severity.INFO,
            kind="text",
            form=TEXT_FIELD + section,
            message=f"“{title}”还有 {len(spans)} 处{'没有填写或核对' if old else '没有填写'}：{listed}。",
            rows=((TEXT_FIELD + section, paragraph),),
            where=f"“{title}”第 {paragraph.partition('#')[2]} 段",
            quote=first.text,
        )


def _shortened(words: str) -> str:
    return words if len(words) <= 14 else f"{words[:12]}…"
