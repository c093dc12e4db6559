"""Web pages (.html, .mht, pages saved with the suffix .xls, the clipboard): headings, paragraphs and tables."""

from __future__ import annotations

import email
import email.policy
import re
from email.errors import MessageError
from pathlib import Path
from typing import Final

from .cleaning import clean_cell, clean_text
from .encoding import NOT_TEXT, decode_text, read_text_file
from .errors import SourceError
from .limits import MAX_DEPTH
from .model import Block, Grid, Paragraph, Position
from .spans import SpanCell, lay_out
from .watch import Watch
from .xmltools import Element, int_attribute, local_name

_IGNORED_NAMES: Final = "script style template noscript head iframe object svg math select option textarea button title"
_IGNORED: Final = frozenset(_IGNORED_NAMES.split())
_INLINE_NAMES: Final = (
    "a abbr b bdi bdo big cite code data del dfn em font i img input ins kbd label mark nobr o:p q rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr"
)
_INLINE: Final = frozenset(_INLINE_NAMES.split())
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_CLIPBOARD_HEADER: Final = re.compile(r"Version:\d.*?(?=<)", re.DOTALL)
_ENCODING_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_MAX_COLSPAN: Final = 1_000
_MAX_ROWSPAN: Final = 65_534


def read_webpage(path: Path, archived: bool, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read a saved web page; `archived` means a MIME archive (.mht). Raises SourceError."""
    data = read_text_file(path)
    watch.step(0.2, "正在读取网页")
    text, warning = decode_text(_page_of_archive(data), html=True)
    blocks, warnings, pages = parse_webpage(text, watch)
    return blocks, [*([warning] if warning else []), *warnings], pages


def _page_of_archive(data: bytes) -> bytes:
    """Return the first HTML part of a MIME archive, or the data itself when it is a plain page."""
    if not data.lstrip()[:200].lower().startswith(b"mime-version:") and b"multipart/related" not in data[:2000].lower():
        return data
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    return payload
    except (MessageError, LookupError, ValueError) as error:
        raise SourceError("网页存档已损坏，请在浏览器中重新保存后再导入。") from error
    raise SourceError("网页存档中没有网页内容，请在浏览器中重新保存后再导入。")


def parse_webpage(text: str, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Return the blocks of a page; scripts, styles and hidden elements are left out, nothing is loaded."""
    from lxml import etree

    text = _ENCODING_DECLARATION.sub("", text.replace("\x00", ""))
    if text.startswith("Version:"):
        text = _CLIPBOARD_HEADER.sub("", text, count=1)
    if not text.strip():
        return [], [], 1
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(NOT_TEXT) from error
    if root is None:
        return [], [], 1
    flow = _Flow(watch)
    flow.walk(root, 0)
    flow.end_paragraph()
    return flow.blocks, flow.warnings, 1


class _Flow:
    """Walks over a page in reading order and collects blocks."""

    def __init__(self, watch: Watch) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self._watch = watch
        self._text: list[str] = []
        self._level: int | None = None
        self._items = 0

    def walk(self, element: Element, depth: int) -> None:
        """Collect the blocks of `element`."""
        if depth > MAX_DEPTH:
            self._warn_depth()
            return
        name = local_name(element).lower()
        if name in _IGNORED or _hidden(element):
            return
        if name == "table" and not _is_layout(element):
            self.end_paragraph()
            self._table(element)
            return
        if name == "br":
            self._text.append("\n")
            return
        block = name not in _INLINE
        if block:
            self.end_paragraph()
            self._level = int(name[1]) if name in ("h1", "h2", "h3", "h4", "h5", "h6") else None
        self._add(element.text)
        for inner in element:
            if local_name(inner):
                self.walk(inner, depth + 1)
            self._add(inner.tail)
        if block:
            self.end_paragraph()

    def _warn_depth(self) -> None:
        warning = "网页嵌套过深的部分没有读取，请核对内容是否完整。"
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _add(self, text: str | None) -> None:
        if text:
            self._text.append(_SPACES.sub(" ", text))

    def end_paragraph(self) -> None:
        """Close the paragraph that is being collected; each kept line break makes a paragraph of its own."""
        text, level = "".join(self._text), self._level
        self._text, self._level = [], None
        for line in text.split("\n"):
            cleaned = clean_text(line)
            if cleaned:
                self._items += 1
                self.blocks.append(Paragraph(cleaned, 1, level, Position(item=self._items)))

    def _table(self, table: Element) -> None:
        self._watch.check()
        rows = [[_span_cell(cell) for cell in row] for row in _rows_of(table)]
        cells = lay_out([row for row in rows if row])
        if not any(cell.text for row in cells for cell in row):
            return
        caption = next((_cell_text(inner) for inner in table if local_name(inner).lower() == "caption"), "")
        self._items += 1
        if caption:
            self.blocks.append(Paragraph(caption, 1, None, Position(item=self._items), "caption"))
        self.blocks.append(Grid(cells, 1, "", Position(item=self._items), "table"))


def _hidden(element: Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _HIDDEN.search(style) is not None)


def _rows_of(table: Element) -> list[list[Element]]:
    """Return the cells of each row of this table, not those of tables inside it."""
    rows = []
    groups = [table, *(inner for inner in table if local_name(inner).lower() in ("thead", "tbody", "tfoot"))]
    order = {"thead": 0, "tfoot": 2}
    groups.sort(key=lambda group: order.get(local_name(group).lower(), 1))
    for group in groups:
        for row in group:
            if local_name(row).lower() == "tr" and not _hidden(row):
                rows.append([cell for cell in row if local_name(cell).lower() in ("td", "th") and not _hidden(cell)])
    return rows


def _is_layout(table: Element) -> bool:
    """Tell a table that only arranges the page: a single cell, or cells that hold larger tables."""
    own = [cell for row in _rows_of(table) for cell in row]
    inner = [cell for cell in table.iter("td", "th") if _table_of(cell) is not table]
    return len(own) < 2 or len(inner) > len(own)


def _table_of(cell: Element) -> Element:
    return next(cell.iterancestors("table"), None)


def _span_cell(cell: Element) -> SpanCell:
    rowspan = int_attribute(cell, "rowspan", 1)
    return SpanCell(
        _cell_text(cell),
        _MAX_ROWSPAN if rowspan == 0 else min(max(rowspan, 1), _MAX_ROWSPAN),
        min(max(int_attribute(cell, "colspan", 1), 1), _MAX_COLSPAN),
        _typed_number(cell),
    )


def _typed_number(cell: Element) -> str | None:
    """Return the number that a spreadsheet stored beside the shown text (attribute x:num)."""
    value = cell.get("x:num")
    if value is None or not re.fullmatch(r"-?\d{1,18}(\.\d{1,15})?", value):
        return None
    return str(value)


def _cell_text(cell: Element) -> str:
    parts: list[str] = []
    _collect(cell, parts, 0)
    lines = (clean_cell(_SPACES.sub(" ", line)) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(element: Element, parts: list[str], depth: int) -> None:
    name = local_name(element).lower()
    if depth > MAX_DEPTH or name in _IGNORED or (depth > 0 and _hidden(element)):
        return
    if name == "br":
        parts.append("\n")
        return
    block = depth > 0 and name not in _INLINE
    separator = " " if name in ("td", "th") else "\n"
    if block:
        parts.append(separator)
    if element.text:
        parts.append(_SPACES.sub(" ", element.text))
    for inner in element:
        if local_name(inner):
            _collect(inner, parts, depth + 1)
        if inner.tail:
            parts.append(_SPACES.sub(" ", inner.tail))
    if block:
        parts.append(separator)
