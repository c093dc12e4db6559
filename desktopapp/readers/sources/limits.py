"""Sizes beyond which a file is refused instead of filling the memory.

A whole department's report has some hundred lines a form; these limits are a hundred times what honest files need.
"""

from __future__ import annotations

from typing import Final

from .errors import SourceError

MAX_FILE_BYTES: Final = 300 * 1024 * 1024
MAX_TEXT_BYTES: Final = 30 * 1024 * 1024
MAX_ZIP_ENTRIES: Final = 10_000
MAX_ZIP_BYTES: Final = 600 * 1024 * 1024
MAX_PART_BYTES: Final = 150 * 1024 * 1024
MAX_TREE_BYTES: Final = 40 * 1024 * 1024
"""XML of which a whole tree is built, at about ten times its size."""
MAX_ZIP_RATIO: Final = 400
"""Unpacked size over packed size; judged only for parts above `SMALL_PART_BYTES`."""
SMALL_PART_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 60_000
MAX_CELLS: Final = 500_000
MAX_SHARED_TEXT: Final = 1_000_000_000
MAX_PAGES: Final = 3_000
MAX_PAGE_CHARS: Final = 60_000
MAX_PAGE_PATHS: Final = 30_000
MAX_LINES: Final = 200_000
MAX_MARKED_LINE: Final = 20_000
"""Lines longer than this are taken as they are, without looking for Markdown in them."""
MAX_DEPTH: Final = 200
"""Nesting of elements in Word documents and web pages."""


def check_area(rows: int, cols: int, where: str) -> None:
    """Raise SourceError when a table of `rows` × `cols` is too large; `where` names it in Chinese."""
    if rows > MAX_ROWS or rows * cols > MAX_CELLS:
        raise SourceError(
            f"{where}有 {rows} 行 {cols} 列，超出可导入的范围（{MAX_ROWS} 行、{MAX_CELLS} 个单元格），"
            "请删除多余的行和列后再导入。"
        )
