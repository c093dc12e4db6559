"""Pages of the published report: sizes, margins and how long titles break, the same for PDF and Word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.report import Report
from desktopapp.narrative.document import (
    Attachment,
    Block,
    Contents,
    Cover,
    Figure,
    FormTable,
    Heading,
    PageBreak,
    ReportDocument,
    Table,
    Text,
)
from desktopapp.writers.fit import POINTS, Fit, fit_inline, fit_table, lines_of, text_width
from desktopapp.writers.tables import RuledTable, form_table, plain_table


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page: its size and margins in mm."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    footer: float

    @property
    def inner_width(self) -> float:
        """Return the width between the margins in mm."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> float:
        """Return the height between the margins in mm."""
        return self.height - self.top - self.bottom


#: Page of text after GB/T 9704: A4, margins 37, 26, 35 and 28 mm.
TEXT = Page(210, 297, 37, 26, 35, 28, 25)
#: Pages that hold a form and nothing else.
PORTRAIT = Page(210, 297, 20, 16, 20, 16, 11)
LANDSCAPE = Page(297, 210, 17, 16, 18, 16, 9)

#: Type of running text in points (3号), and the distance of its lines.
BODY_SIZE, BODY_LINE = 16.0, 28.0
#: Type sizes in points of the title of a form and of a part, and the distance of their lines.
FORM_TITLE, FORM_TITLE_LINE = 18.0, 26.0
PART_TITLE, PART_TITLE_LINE = 22.0, 34.0
PART_SPACE = 14.0
COVER_TITLE, COVER_LINE = 30.0, 48.0


#: Type of the contents in points, and the distance of their lines where there is room.
CONTENTS_SIZE, _CONTENTS_LINE, _CONTENTS_LEAST = 14.0, 23.0, 19.5


def contents_line(headings: Sequence[Heading]) -> float:
    """Return the distance of the lines of the contents in points: a little closer where that saves a page."""
    width = TEXT.inner_width * POINTS - 3 * CONTENTS_SIZE
    lines = sum(lines_of(h.text, CONTENTS_SIZE, width - CONTENTS_SIZE * (h.level - 1)) for h in headings)
    room = TEXT.inner_height * POINTS - PART_TITLE_LINE - PART_SPACE - 12
    return round(min(_CONTENTS_LINE, room / lines), 2) if lines * _CONTENTS_LEAST <= room else _CONTENTS_LINE


def listed(document: ReportDocument) -> list[Heading]:
    """Return the headings that the contents list."""
    return [h for h in document.headings() if h.level <= 2]


def form_page(table: RuledTable) -> Page:
    """Return the page on which a form is printed."""
    return LANDSCAPE if table.orientation == "landscape" else PORTRAIT


def fit_form(table: RuledTable, part: str = "") -> Fit:
    """Return how a form stands on its page, below the title of its part if it is the first."""
    page = form_page(table)
    room = page.inner_height * POINTS - FORM_TITLE_LINE * len(title_lines(table.title, FORM_TITLE, page.inner_width))
    if part:
        room -= PART_TITLE_LINE * len(title_lines(part, PART_TITLE, page.inner_width)) + 2 * PART_SPACE
    # The lines above the grid: the mark, then department and unit.
    room -= 18.0 * bool(table.corner) + 18.0 * bool(table.left or table.right) + 6.0
    return fit_table(table, page.inner_width, room)


def title_lines(text: str, size: float, width: float, department: str = "") -> list[str]:
    """Return a title broken into lines of ``width`` mm where a reader would break it.

    It breaks after the number of a part (第一部分　…), after the department and before brackets, else evenly.
    """
    room = width * POINTS / size
    if text_width(text) <= room:
        return [text]
    number, gap, rest = text.partition("　")
    if not gap:
        return _broken(text, room, department)
    return [number, *_broken(rest, room, department)]


def _broken(text: str, room: float, department: str) -> list[str]:
    if text_width(text) <= room:
        return [text]
    if department and department in text and text != department:
        return _joined(text.partition(department), room)
    at = text.find("（")
    if at > 1 and text_width(text[:at]) <= room:
        return [text[:at], *_broken(text[at:], room, "")]
    return _evenly(text, room)


def _joined(parts: Sequence[str], room: float) -> list[str]:
    """Return the parts of a title in lines; a part joins the line before it where both fit."""
    lines: list[str] = []
    for part in filter(None, parts):
        below = _broken(part, room, "")
        if lines and text_width(lines[-1] + below[0]) <= room:
            lines[-1] += below.pop(0)
        lines += below
    return lines


def _evenly(text: str, room: float) -> list[str]:
    """Return a text in as few lines as possible, all about equally long."""
    count = int(-(-text_width(text) // room))
    share = text_width(text) / count
    lines: list[str] = []
    line, used = "", 0.0
    for char in text:
        wide = text_width(char)
        if line and used + wide > min(room, share + 1.0) and char not in "），。、；：”》" and len(lines) < count * 2:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + char, used + wide
    return [*lines, line]


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table with its fit; ``page`` is the page it has to itself, None for a table between paragraphs.

    A form carries the ``heading`` under which the contents list it, the first one of a part that part's too.
    """

    table: RuledTable
    fit: Fit
    page: Page | None
    heading: Heading | None = None
    part: Heading | None = None


Placed = Cover | Contents | Heading | Text | Figure | PageBreak | Attachment | PlacedTable


def arrange(document: ReportDocument, report: Report) -> Iterator[Placed]:
    """Yield the report in printed order with every table placed; a break before a page of its own is left out."""
    blocks = document.blocks
    at = 0
    while at < len(blocks):
        block = blocks[at]
        part, heading, form, after = _form_at(blocks, at)
        if form is not None:
            table = form_table(report, form.form_id)
            fit = fit_form(table, part.text if part else "")
            yield PlacedTable(table, fit, form_page(table), heading, part)
            at = after
            continue
        at += 1
        if isinstance(block, Table):
            yield _placed(block)
        elif not isinstance(block, FormTable):
            yield block


def _form_at(blocks: Sequence[Block], at: int) -> tuple[Heading | None, Heading | None, FormTable | None, int]:
    """Return (part, heading, form, place behind it) where a form begins at ``at``, with the headings above it."""
    headings: list[Heading] = []
    while at < len(blocks) and isinstance(block := blocks[at], Heading | PageBreak):
        if isinstance(block, Heading):
            headings.append(block)
        elif headings:
            break
        at += 1
    below = headings[-1:] if headings and headings[-1].id.startswith("form.") else []
    above = headings[: len(headings) - len(below)]
    form = blocks[at] if at < len(blocks) else None
    if not isinstance(form, FormTable) or len(above) > 1 or any(h.level != 1 for h in above):
        return None, None, None, at
    return (above[0] if above else None), (below[0] if below else None), form, at + 1


def _placed(block: Table) -> PlacedTable:
    table = plain_table(block)
    if block.orientation != "landscape":
        return PlacedTable(table, fit_inline(table, TEXT.inner_width), None)
    return PlacedTable(table, fit_form(table), LANDSCAPE)
