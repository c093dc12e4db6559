"""Blocks of texts to and from the clipboard: tab-separated values and HTML tables. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

Block = list[list[str]]

#: More cells than this are refused: nobody pastes them on purpose.
MOST_CELLS = 500_000
#: Blocks of more cells than this are copied as text only, which every spreadsheet takes.
MOST_FORMATTED = 20_000


@dataclass(frozen=True, slots=True)
class Copied:
    """One copied cell: its text, and whether it is an amount."""

    text: str
    number: bool = False


def to_tsv(rows: Sequence[Sequence[Copied]]) -> str:
    """Return a block as tab-separated values, one line per row, as spreadsheets write it."""
    return "".join("\t".join(_quoted(c.text) for c in row) + "\r\n" for row in rows)


def _quoted(text: str) -> str:
    if any(c in text for c in '\t\r\n"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def to_html(rows: Sequence[Sequence[Copied]]) -> str:
    """Return a block as an HTML table: amounts as numbers, everything else as text that is never a formula."""
    body = []
    for row in rows:
        cells = []
        for cell in row:
            decimals = len(cell.text.partition(".")[2])
            number = f"'#,##0.{'0' * decimals}'" if decimals else "'General'"
            style = f"mso-number-format:{number if cell.number else chr(39) + chr(92) + '@' + chr(39)}"
            cells.append(f'<td style="{style}">{escape(cell.text)}</td>')
        body.append("<tr>" + "".join(cells) + "</tr>")
    return '<html><head><meta charset="utf-8"></head><body><table>' + "".join(body) + "</table></body></html>"


def from_tsv(text: str) -> Block:
    """Return the rows of tab-separated values, all made equally long.

    Cells in quotation marks may hold tabs and line breaks; one line break at the end is no row.
    """
    rows: Block = []
    row: list[str] = []
    at = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\0")
    if text.endswith("\n"):
        text = text[:-1]
    while True:
        value, at = _cell(text, at)
        row.append(value)
        if at >= len(text) or text[at] == "\n":
            rows.append(row)
            row = []
        if at >= len(text):
            break
        at += 1
    return _even(rows)


def _cell(text: str, at: int) -> tuple[str, int]:
    """Return the cell that begins at a position, and where it ends."""
    if text[at : at + 1] == '"':
        found = _quoted_cell(text, at)
        if found is not None:
            return found
    end = at
    while end < len(text) and text[end] not in "\t\n":
        end += 1
    return text[at:end], end


def _quoted_cell(text: str, at: int) -> tuple[str, int] | None:
    """Return a cell in quotation marks, None when the mark is part of an ordinary text."""
    parts: list[str] = []
    start = at + 1
    while True:
        end = text.find('"', start)
        if end < 0:
            return None
        parts.append(text[start:end])
        if text[end + 1 : end + 2] == '"':
            parts.append('"')
            start = end + 2
            continue
        if text[end + 1 : end + 2] in ("", "\t", "\n"):
            return "".join(parts), end + 1
        return None


def _even(rows: Block) -> Block:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


class _Tables(HTMLParser):
    """Collects the cells of the first table; merged cells leave empty ones behind."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Block = []
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._covered: dict[tuple[int, int], None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._text = []
            given = dict(attrs)
            self._span = _count(given.get("rowspan")), _count(given.get("colspan"))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("td", "th") or self._text is None:
            return
        row, at = self.rows[-1], len(self.rows) - 1
        while (at, len(row)) in self._covered:
            row.append("")
        column = len(row)
        row.append(" ".join("".join(self._text).split()))
        for r in range(self._span[0]):
            for c in range(self._span[1]):
                if r or c:
                    self._covered[at + r, column + c] = None
        while (at, len(row)) in self._covered:
            row.append("")
        self._text = None


def _count(text: str | None) -> int:
    return max(1, min(int(text), 200)) if text and text.isascii() and text.isdigit() else 1


def from_html(text: str) -> Block:
    """Return the rows of the tables in an HTML text, empty when there is none."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return _even([row for row in parser.rows if row])
