"""Writes the report as one accessible web page: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import count

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.report import Report
from desktopapp.narrative.document import (
    Attachment,
    Chart,
    Cover,
    Figure,
    Heading,
    ReportDocument,
    Text,
)
from desktopapp.resources import resource_root
from desktopapp.writers.figure_svg import figure_svg
from desktopapp.writers.html_table import table_html
from desktopapp.writers.pages import Placed, PlacedTable, arrange, listed
from desktopapp.writers.tables import UNPRINTABLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html_text(document: ReportDocument, report: Report) -> str:
    """Return the whole report as one HTML page in UTF-8; every text in it is escaped."""
    writer = _Writer(document)
    main = "\n".join(part for placed in arrange(document, report) for part in writer.block(placed))
    style = (resource_root() / "documents" / "report.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">跳到正文</a>\n{_header(document)}\n{writer.contents()}\n'
        f'<main id="main">\n{main}\n</main>\n</body>\n</html>\n'
    ).translate(UNPRINTABLE)


def _header(document: ReportDocument) -> str:
    cover = next((b for b in document.blocks if isinstance(b, Cover)), Cover(document.title, "", ""))
    lines = "".join(f"<p>{escape(line)}</p>" for line in (cover.department, cover.date) if line)
    return f"<header>\n<h1>{escape(cover.title)}</h1>\n{lines}\n</header>"


class _Writer:
    """Turns block after block into HTML; headings, tables and figures get ids of their own."""

    def __init__(self, document: ReportDocument) -> None:
        self._listed = listed(document)
        self._ids = {id(h): f"h{at}" for at, h in enumerate(document.headings(), 1)}
        self._figures = count(1)
        self._tables = count(1)

    def contents(self) -> str:
        """Return the table of contents as nested links."""
        parts: list[str] = []
        level = 1
        for heading in self._listed:
            if heading.level > level:
                parts.append("<ul>")
            elif heading.level < level:
                parts.append("</ul>")
            level = heading.level
            parts.append(f'<li><a href="#{self._ids[id(heading)]}">{escape(heading.text)}</a></li>')
        if level > 1:
            parts.append("</ul>")
        return (
            '<nav aria-labelledby="contents">\n<h2 id="contents">目录</h2>\n<ul>\n' + _nested(parts) + "\n</ul>\n</nav>"
        )

    def block(self, placed: Placed) -> Iterator[str]:
        """Yield the HTML of one block; cover, contents and page breaks stand elsewhere or nowhere."""
        match placed:
            case Heading():
                yield self._heading(placed)
            case Text():
                yield _paragraph(placed)
            case PlacedTable():
                for heading in filter(None, (placed.part, placed.heading)):
                    yield self._heading(heading)
                yield table_html(placed.table, f"t{next(self._tables)}")
            case Figure():
                yield _figure(placed, f"f{next(self._figures)}")
            case Attachment(title, _):
                yield f"<p>附件：{escape(title)}</p>"

    def _heading(self, heading: Heading) -> str:
        tag = f"h{heading.level + 1}"
        return f'<{tag} id="{self._ids[id(heading)]}">{escape(heading.text)}</{tag}>'


def _nested(parts: list[str]) -> str:
    """Return list items with inner lists inside the item above them, as HTML wants it."""
    joined = "\n".join(parts)
    return joined.replace("</li>\n<ul>", "\n<ul>").replace("</ul>\n<li>", "</ul></li>\n<li>") + (
        "</li>" if parts and parts[-1] == "</ul>" else ""
    )


def _paragraph(text: Text) -> str:
    spans = "".join(
        f"<mark>{escape(s.text)}</mark>" if s.state in ("missing", "unbound") else escape(s.text) for s in text.spans
    )
    return f'<p class="note">{spans}</p>' if text.role == "note" else f"<p>{spans}</p>"


def _figure(figure: Figure, name: str) -> str:
    return (
        f"<figure>\n{figure_svg(figure.chart, name)}\n<figcaption>{escape(figure.caption)}</figcaption>\n"
        f"<details><summary>图中数据</summary>{_chart_table(figure.chart)}</details>\n</figure>"
    )


def _chart_table(chart: Chart) -> str:
    """Return the amounts of a chart as a table, for those who do not see it or want to copy it."""
    names = [name or "金额" for name, _ in chart.series]
    head = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in ("项目", *(f"{n}（{chart.unit}）" for n in names))
    )
    rows = []
    for at, category in enumerate(chart.categories):
        cells = "".join(f'<td class="right">{format_number(values[at], Unit.WAN)}</td>' for _, values in chart.series)
        rows.append(f'<tr><th scope="row">{escape(category)}</th>{cells}</tr>')
    return (
        f"<table><caption>{escape(chart.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
