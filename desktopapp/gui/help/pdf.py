"""The manual as PDF: its Markdown read by Qt, its pages typeset by the typesetter that makes the reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtGui import QFont, QImageReader, QTextBlock, QTextDocument, QTextListFormat

from desktopapp import __version__
from desktopapp.gui.help.browser import PICTURE_RATIO
from desktopapp.gui.help.pages import KEYS, key_rows, topics
from desktopapp.resources import resource_root
from desktopapp.writers.aside import WriteError, write_aside
from desktopapp.writers.fonts import typeset_families

#: Points of a pixel of the window.
_POINTS = 0.75
_NUMBERED = (QTextListFormat.Style.ListDecimal,)


def manual_data() -> dict[str, Any]:
    """Return what the page template needs, as plain JSON values; on the GUI thread."""
    chapters = [{"title": t.title, "blocks": list(_blocks(t.text))} for t in topics()]
    chapters.append({"title": KEYS, "blocks": [{"k": "keys", "rows": [list(row) for row in key_rows()]}]})
    return {"version": __version__, "fonts": typeset_families(), "chapters": chapters}


def write_manual(data: dict[str, Any], target: Path) -> None:
    """Typeset the manual and write it; raises WriteError with a sentence for the user."""
    write_aside(target, manual_pdf(data))


def manual_pdf(data: dict[str, Any]) -> bytes:
    """Return the manual as PDF; raises WriteError."""
    import typst

    root = resource_root()
    text = json.dumps(data, ensure_ascii=False)
    try:
        made: bytes = typst.compile(
            str(root / "documents" / "manual.typ"), root=str(root), format="pdf", sys_inputs={"data": text}
        )
    except typst.TypstError as error:
        raise WriteError(f"手册排版失败：{error}。请把这句话和日志发给维护人员。") from error
    return made


def _blocks(markdown: str) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a page behind its title."""
    document = QTextDocument()
    document.setMarkdown(markdown)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level != 1:
            yield from _block(block, level)
        block = block.next()


def _block(block: QTextBlock, level: int) -> Iterator[dict[str, Any]]:
    runs = []
    for name, run in _runs(block):
        if name:
            yield _picture(name)
        else:
            runs.append(run)
    if not any(run["t"].strip() for run in runs):
        return
    item = block.textList()
    if level:
        yield {"k": "heading", "level": level, "runs": runs}
    elif item is not None:
        style = item.format()
        mark = f"{item.itemNumber(block) + 1}." if style.style() in _NUMBERED else "•"
        yield {"k": "item", "indent": max(0, style.indent() - 1), "mark": mark, "runs": runs}
    else:
        yield {"k": "text", "runs": runs}


def _runs(block: QTextBlock) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name of a picture or "", run of text)."""
    at = block.begin()
    while not at.atEnd():
        fragment = at.fragment()
        look = fragment.charFormat()
        if look.isImageFormat():
            yield Path(look.toImageFormat().name()).name, {}
        else:
            bold = look.fontWeight() >= QFont.Weight.Bold
            yield "", {"t": fragment.text().replace("\u2028", "\n"), "b": bold, "c": look.fontFixedPitch()}
        at += 1


def _picture(name: str) -> dict[str, Any]:
    size = QImageReader(str(resource_root() / "help" / "pictures" / name)).size()
    return {"k": "picture", "path": f"/help/pictures/{name}", "width": size.width() / PICTURE_RATIO * _POINTS}
