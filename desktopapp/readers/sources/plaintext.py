"""Plain text and Markdown: separated lines become grids, everything else paragraphs with their line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from .cleaning import clean_text
from .delimited import text_row
from .encoding import decode_text, read_text_file
from .errors import SourceError
from .limits import MAX_LINES, MAX_MARKED_LINE, check_area
from .markdown import strip_marks, table_rule
from .model import Block, Grid, Paragraph, Position
from .watch import Watch

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_DEEP: Final = 8
"""Text indented so far stands in a column further right."""
_LAID_OUT: Final = re.compile(r"\S {3,}\S.*\d")
_HTML_TABLE: Final = re.compile(r"<table\b[^>]*>.*?</table\s*>", re.IGNORECASE | re.DOTALL)
_HTML_ROW: Final = re.compile(r"<tr\b", re.IGNORECASE)
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_CONTENTS_LINE: Final = re.compile(r"[^\t]*\S[^\t]*\t\s*\d{1,3}\s*")
_BARS: Final = re.compile(r"[|│┃｜]")
_CORNER: Final = re.compile(r"[|+│┃┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛]")
_RULE_LINE: Final = re.compile(r"[\s|│┃+\-=—─━┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛:]{3,}")
_MAX_JOINED: Final = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the source (or several, joined by a quoted cell), `number` from 1."""

    text: str
    number: int
    page: int
    cells: tuple[str, ...] | None


def read_plain_text(path: Path, markdown: bool, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read a text file; raises SourceError."""
    text, warning = decode_text(read_text_file(path))
    watch.step(0.3, "正在读取文字")
    blocks, warnings, pages = parse_plain_text(text, watch, markdown=markdown)
    return blocks, [*([warning] if warning else []), *warnings], pages


def parse_plain_text(text: str, watch: Watch, *, markdown: bool = False) -> tuple[list[Block], list[str], int]:
    """Return the blocks of a text; a form feed starts a new page, tables written as HTML become grids."""
    blocks: list[Block] = []
    warnings: list[str] = []
    end, line, page = 0, 1, 1
    for table in _HTML_TABLE.finditer(text):
        before = text[end : table.start()]
        blocks += _plain_blocks(before, watch, markdown, line, page)
        line += len(_LINE_BREAK.findall(before))
        page += before.count("\f")
        found, told = _html_blocks(table[0], watch, line, page)
        blocks += found
        warnings += told
        line += len(_LINE_BREAK.findall(table[0]))
        end = table.end()
    rest = text[end:]
    if rest.strip() or not blocks:
        blocks += _plain_blocks(rest, watch, markdown, line, page)
    return blocks, list(dict.fromkeys(warnings)), page + rest.count("\f")


def _html_blocks(text: str, watch: Watch, line: int, page: int) -> tuple[list[Block], list[str]]:
    """Return the blocks of a table that a text holds as HTML, with the line where each of its rows begins."""
    from .webpage import parse_webpage

    starts = [line + len(_LINE_BREAK.findall(text[: m.start()])) for m in _HTML_ROW.finditer(text)]
    blocks: list[Block] = []
    found, warnings, _ = parse_webpage(text, watch)
    for block in found:
        place = Position(page=page, line=line)
        if isinstance(block, Grid):
            lines = tuple(starts) if len(starts) == block.height else (line,) * block.height
            blocks.append(replace(block, page=page, position=place, lines=lines))
        else:
            blocks.append(replace(block, page=page, position=place))
    return blocks, warnings


def _plain_blocks(text: str, watch: Watch, markdown: bool, first: int, page: int) -> list[Block]:
    """Return the blocks of a text without HTML whose first line has the number ``first``."""
    lines = _lines(text, first, page)
    blank_rows = _rows_stand_apart(lines)
    blocks: list[Block] = []
    run: list[_Line] = []
    for at, line in enumerate(lines):
        if at % 1024 == 0:
            watch.check()
        if line.cells is not None and (not run or run[-1].page == line.page):
            run.append(line)
            continue
        if not line.text.strip() and run and blank_rows:
            continue
        _close(run, blocks, markdown)
        run = [line] if line.cells is not None else []
        if line.cells is None and line.text.strip():
            blocks.append(_paragraph(line, markdown))
    _close(run, blocks, markdown)
    return blocks


def _lines(text: str, first: int, page: int) -> list[_Line]:
    raw = _LINE_BREAK.split(text)
    if len(raw) > MAX_LINES:
        raise SourceError(f"文本超过 {MAX_LINES} 行，请删除多余内容后再导入。")
    lines: list[_Line] = []
    at = 0
    while at < len(raw):
        number, line = at + first, raw[at]
        page += line.count("\f")
        line = line.replace("\f", "")
        at += 1
        while _open_quote(line, raw[at : at + 3]) and at < len(raw) and at + first - number <= _MAX_JOINED:
            line += "\n" + raw[at]
            at += 1
        lines.append(_Line(line, number, page, _cells(line)))
    return lines


def _open_quote(line: str, following: Sequence[str]) -> bool:
    """Tell whether a cell begun by a quote is still open, as spreadsheets write cells with line breaks."""
    last = line.rpartition("\t")[2]
    if not last.startswith('"') or last.count('"') % 2 == 0:
        return False
    return "\t" in line or any('"\t' in later for later in following)


def _cells(line: str) -> tuple[str, ...] | None:
    """Return the cells of a separated line, None for ordinary text."""
    if "\t" in line:
        return tuple(_unquote(cell) for cell in line.split("\t"))
    bare = line.strip()
    if _RULE_LINE.fullmatch(bare) and _CORNER.search(bare):
        return ()
    bars = _BARS.findall(bare)
    if len(bars) >= 2 and bare[0] in "|│┃｜" and bare[-1] in "|│┃｜":
        return _split_bars(bare[1:-1])
    if len(bars) >= 2:
        return _split_bars(bare)
    return None


def _split_bars(text: str) -> tuple[str, ...]:
    cells = re.split(r"(?<!\\)[|│┃｜]", text)
    return tuple(cell.replace("\\|", "|").strip() for cell in cells)


def _unquote(cell: str) -> str:
    bare = cell.strip(" ")
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        return bare[1:-1].replace('""', '"')
    return cell


def _rows_stand_apart(lines: Sequence[_Line]) -> bool:
    """Tell whether blank lines stand between the rows of tables too, so that they do not end a table."""
    rows = [at for at, line in enumerate(lines) if line.cells is not None]
    touching = sum(1 for before, after in pairwise(rows) if after == before + 1)
    return len(rows) > 2 and touching * 4 < len(rows)


def _close(run: list[_Line], blocks: list[Block], markdown: bool) -> None:
    """Turn a run of separated lines into a grid, or into paragraphs where it is none."""
    if not run:
        return
    if not _is_table(run):
        blocks.extend(_paragraph(line, markdown) for line in run if line.text.strip())
        return
    kept = [line for line in run if line.cells and not table_rule(line.cells)]
    check_area(len(kept), max((len(line.cells or ()) for line in kept), default=0), "表格")
    if not any(cell.strip() for line in kept for cell in line.cells or ()):
        return
    rows = []
    for at, line in enumerate(kept):
        cells = line.cells or ()
        rows.append(text_row([strip_marks(cell) for cell in cells] if markdown else cells, at))
    first = kept[0]
    origin = "table" if markdown else "delimited"
    numbers = tuple(line.number for line in kept)
    blocks.append(
        Grid(tuple(rows), first.page, "", Position(page=first.page, line=first.number), origin, lines=numbers)
    )


def _is_contents_line(line: _Line) -> bool:
    return line.text.count("\t") == 1 and _CONTENTS_LINE.fullmatch(line.text) is not None


def _is_table(run: Sequence[_Line]) -> bool:
    """Tell a table from indented text, from a table of contents and from a single line that holds a bar."""
    with_tab = [line for line in run if "\t" in line.text]
    if not with_tab:
        return len(run) > 1 or _BARS.match(run[0].text.strip()) is not None
    if all(len([cell for cell in line.cells or () if cell.strip()]) < 2 for line in run):
        return len(run) > 1 and any((line.cells or ("",))[0].strip() and len(line.cells or ()) > 1 for line in run)
    if not all(_is_contents_line(line) for line in run):
        return True
    numbers = [int((line.cells or ("", "0"))[1]) for line in run]
    return numbers != sorted(numbers)


def _paragraph(line: _Line, markdown: bool) -> Paragraph:
    position = Position(page=line.page, line=line.number)
    text = clean_text(line.text.strip("\t "))
    indent = len(line.text) - len(line.text.lstrip(" "))
    if _LAID_OUT.search(text) or indent >= _DEEP:
        # Where blanks keep the columns of a page, the first of them do so too.
        text = " " * indent + text
    if not markdown or len(text) > MAX_MARKED_LINE:
        return Paragraph(text, line.page, None, position)
    heading = _HEADING.fullmatch(text)
    if heading is not None:
        return Paragraph(strip_marks(heading.group(2)), line.page, len(heading.group(1)), position)
    return Paragraph(strip_marks(text, block=True), line.page, None, position)
