"""PDF files with a text layer: grids from rules, else from alignment; running text as paragraphs.

Pages are read one by one and closed at once, so that memory does not grow with the number of pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .errors import SourceError
from .limits import MAX_PAGE_CHARS, MAX_PAGES
from .model import Block, Box
from .pdf_lattice import Lattice, find_lattices
from .pdf_lines import Item, blocks_of, in_order, text_lines
from .pdf_rules import PageRules, merge_rules, read_rules
from .pdf_tables import aligned_grids, ruled_grids
from .pdf_text import PageText, read_page_text, words_of
from .pdfium import PDFIUM_LOCK, open_pdf
from .watch import Watch

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

_FULL_PICTURE: Final = 0.7
_SOME_GARBLED: Final = 0.02
_MOSTLY_GARBLED: Final = 0.2
_NAMED_PAGES: Final = 8


@dataclass(slots=True)
class _Notes:
    """What was odd about which pages."""

    scanned: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    garbage: list[int] = field(default_factory=list)
    crowded: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)


def read_pdf(path: Path, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read a PDF file; raises SourceError, also for a scan without text."""
    watch.step(0.0, "正在打开 PDF")
    pages: list[list[Item]] = []
    notes = _Notes()
    with open_pdf(path) as document:
        with PDFIUM_LOCK:
            count = len(document)
        if count > MAX_PAGES:
            raise SourceError(f"PDF 有 {count} 页，超过 {MAX_PAGES} 页，请拆分后再导入。")
        for index in range(count):
            watch.step(index / count, f"正在读取第 {index + 1} 页，共 {count} 页")
            with PDFIUM_LOCK:
                pages.append(_read_page(document, index, notes))
    blocks = blocks_of(pages)
    _refuse_unreadable(blocks, notes, count)
    return blocks, _warnings(notes), count


def _read_page(document: pypdfium2.PdfDocument, index: int, notes: _Notes) -> list[Item]:
    import pypdfium2
    import pypdfium2.raw as raw  # type: ignore[import-untyped]

    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        notes.damaged.append(number)
        return []
    try:
        text = _page_text(page, raw, number, notes)
        rules = read_rules(page.raw, raw, text.frame)
    finally:
        page.close()
    _note_pictures(text, rules, number, notes)
    return _items(text, rules, number)


def _page_text(page: Any, raw: Any, number: int, notes: _Notes) -> PageText:
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > MAX_PAGE_CHARS:
            notes.crowded.append(number)
            count = MAX_PAGE_CHARS
        text = read_page_text(textpage.raw, raw, count, _crop(page), page.get_rotation() % 360)
    finally:
        textpage.close()
    if text.garbled > _SOME_GARBLED:
        notes.unreadable.append(number)
    if text.garbled > _MOSTLY_GARBLED:
        notes.garbage.append(number)
    return text


def _crop(page: Any) -> Box:
    """Return the visible part of the page (left, bottom, right, top), a sane one whatever the file says."""
    left, bottom, right, top = page.get_cropbox()
    media = page.get_mediabox()
    left, bottom, right, top = (
        max(left, media[0]),
        max(bottom, media[1]),
        min(right, media[2]),
        min(top, media[3]),
    )
    if right - left < 1 or top - bottom < 1:
        left, bottom, right, top = media
    if right - left < 1 or top - bottom < 1:
        left, bottom, right, top = 0.0, 0.0, 595.0, 842.0
    return left, bottom, right, top


def _note_pictures(text: PageText, rules: PageRules, number: int, notes: _Notes) -> None:
    if not text.glyphs and rules.pictures:
        notes.scanned.append(number)
    elif rules.picture_share > _FULL_PICTURE and len(text.glyphs) > 20:
        notes.recognised.append(number)
    if rules.overfull:
        notes.crowded.append(number)


def _items(text: PageText, rules: PageRules, number: int) -> list[Item]:
    words = words_of(text.glyphs)
    lattices = _lattices(text, rules)
    grids, words = ruled_grids(lattices, words, number, text.frame)
    aligned, words = aligned_grids(words, number, text.frame, [placed.box[1] for placed in grids])
    return in_order(text_lines(words, number, text.frame), [*grids, *aligned])


def _lattices(text: PageText, rules: PageRules) -> list[Lattice]:
    """Return the ruled tables; where there are none, those shown by shading."""
    lattices = find_lattices(rules.horizontal, rules.vertical, text.em)
    if not lattices and rules.shade_horizontal:
        edges = rules.horizontal + rules.shade_horizontal, rules.vertical + rules.shade_vertical
        lattices = find_lattices(merge_rules(edges[0]), merge_rules(edges[1]), text.em)
    return lattices


def _refuse_unreadable(blocks: Sequence[Block], notes: _Notes, count: int) -> None:
    if count == 0:
        raise SourceError("PDF 中没有任何页，可能已损坏，请重新获取该文件后再导入。")
    if len(notes.damaged) == count:
        raise SourceError("PDF 的各页都已损坏，请重新获取该文件后再导入。")
    if not blocks and notes.scanned:
        raise SourceError("这是扫描件，页面是图片而没有文字，请改用有文字的 PDF，或先做文字识别（OCR）后再导入。")
    if not blocks:
        raise SourceError("PDF 中没有可读取的文字，请确认选对了文件，或改用 Word、Excel 文件导入。")
    if len(notes.garbage) * 2 > count:
        raise SourceError("PDF 的字体没有文字编码，读出来是乱码，请改用 Word、Excel 文件，或重新导出 PDF 后再导入。")


def _warnings(notes: _Notes) -> list[str]:
    found = (
        (notes.scanned, "是扫描图片，没有文字，未读取；请对照原件补录。"),
        (notes.recognised, "是扫描图片加识别文字，数字可能有识别错误，请逐一核对。"),
        (notes.unreadable, "有部分文字的字体没有编码，可能读成乱码，请核对。"),
        (notes.crowded, "内容过多，只读取了一部分，请核对。"),
        (notes.damaged, "已损坏，未读取；请重新获取该文件。"),
    )
    return [f"{_page_names(pages)}{message}" for pages, message in found if pages]


def _page_names(pages: Sequence[int]) -> str:
    names = "、".join(str(page) for page in pages[:_NAMED_PAGES])
    return f"第 {names} 页" if len(pages) <= _NAMED_PAGES else f"第 {names} 等 {len(pages)} 页"
