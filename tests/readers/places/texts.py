"""The ways in which text comes out of published documents, from printed forms."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.readers.places.forms import Piece, Printed

Lines = Iterator[str]
_AMOUNT = re.compile(r"-?[\d,]+\.\d\d")
#: Widest column of labels where blanks keep the columns; longer ones are wrapped.
_WIDEST = 20


def as_text(forms: Iterable[Printed], style: str, seed: int, cover: str) -> str:
    """Return forms as text in a style of ``STYLES``, between cover, table of contents and an explanation."""
    chance = random.Random(seed)
    lines = [
        cover,
        "目录",
        "一、收入支出决算总表",
        "二、收入决算表",
        "第一部分 概况",
        "一、主要职责",
        "本部门编制 35 名。",
    ]
    lines.append("第二部分 部门决算表")
    for form in forms:
        lines += [form.title, *form.above, *STYLES[style](form, chance), form.note, ""]
    return "\n".join([*lines, "第三部分 情况说明", "本年度没有其他需要说明的事项。"]) + "\n"


def _rows(form: Printed) -> list[list[Piece]]:
    rows: list[list[Piece]] = [[] for _ in range(max(r + high for r, _, high, _, _ in form.pieces))]
    for piece in sorted(form.pieces, key=lambda p: p[:2]):
        rows[piece[0]].append(piece)
    return rows


def one_row_a_line(form: Printed, _: random.Random) -> Lines:
    """Yield rows with empty cells lost, a blank line between them."""
    for row in _rows(form):
        yield " ".join(p[4] for p in row if p[4])
        yield ""


def wrapped(form: Printed, chance: random.Random) -> Lines:
    """Yield the same with long labels and headers broken over two lines."""
    for at, row in enumerate(_rows(form)):
        pieces = []
        for text in (p[4] for p in row if p[4]):
            long = len(text) > 8 and not _AMOUNT.fullmatch(text)
            first = 8 if text[0].isdigit() else 4
            cut = (
                chance.randint(first, max(len(text) - 2, first))
                if long and (at < form.head or chance.random() < 0.4)
                else 0
            )
            pieces.append(f"{text[:cut]}\n{text[cut:]}" if cut else text)
        yield from " ".join(pieces).split("\n")


def paged(form: Printed, chance: random.Random) -> Lines:
    """Yield rows with page numbers between them, the header repeated below."""
    rows = _rows(form)
    stop = form.head + chance.randint(5, 12)
    for at, row in enumerate(rows):
        if at == stop and len(rows) > stop + 4:
            yield chance.choice(["- 12 -", "第 12 页 共 40 页"])
            yield from (" ".join(p[4] for p in head if p[4]) for head in rows[: form.head])
        yield " ".join(p[4] for p in row if p[4])


def one_cell_a_line(form: Printed, _: random.Random) -> Lines:
    """Yield every cell on a line of its own, empty ones lost."""
    yield from (p[4] for row in _rows(form) for p in row if p[4])


def noisy(form: Printed, chance: random.Random) -> Lines:
    """Yield rows with blanks in amounts and full-width digits."""
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    for row in _rows(form):
        texts = []
        for text in (p[4] for p in row if p[4]):
            if _AMOUNT.fullmatch(text) and chance.random() < 0.2:
                text = text.translate(wide) if chance.random() < 0.5 else text.replace(".", " .").replace(",", ", ")
            texts.append(text)
        yield " ".join(texts)


def laid_out(form: Printed, _: random.Random) -> Lines:
    """Yield rows whose columns are kept by blanks, long labels wrapped over the lines above."""
    rows = _rows(form)
    width = [6] * (max(c + wide for _, c, _, wide, _ in form.pieces))
    for _, col, _, wide, text in form.pieces:
        if wide == 1:
            room = _width(text) + 2
            width[col] = max(width[col], room if _AMOUNT.fullmatch(text) else min(room, _WIDEST))
    starts = [sum(width[:n]) for n in range(len(width) + 1)]
    for row in rows:
        lines: dict[int, list[tuple[int, str]]] = {}
        for _, col, _, wide, text in (p for p in row if p[4]):
            room = starts[col + wide] - starts[col] - 1
            amount = _AMOUNT.fullmatch(text) is not None
            pieces = [text] if amount or _width(text) <= room else _cut(text, room // 2)
            for n, piece in enumerate(pieces):
                at = starts[col] + (room - _width(piece) if amount else 0)
                lines.setdefault(n - len(pieces) + 1, []).append((at, piece))
        yield from (_placed(lines[n]) for n in sorted(lines))


def _cut(text: str, size: int) -> list[str]:
    return [text[n : n + size] for n in range(0, len(text), size)]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _placed(pieces: Sequence[tuple[int, str]]) -> str:
    line = ""
    for at, text in sorted(pieces):
        line += " " * max(at - _width(line), 1 if line else 0) + text
    return line


def _slots(form: Printed, *, repeated: bool) -> list[list[str]]:
    rows = _rows(form)
    slots = [[""] * max(c + wide for _, c, _, wide, _ in form.pieces) for _ in rows]
    for row, col, high, wide, text in form.pieces:
        for at in range(row, row + high) if repeated else (row,):
            slots[at][col : col + wide] = [text] * wide if repeated else [text, *slots[at][col + 1 : col + wide]]
    return slots


def with_tabs(form: Printed, _: random.Random) -> Lines:
    """Yield rows with their cells parted by TAB."""
    yield from ("\t".join(row) for row in _slots(form, repeated=False))


def with_bars(form: Printed, _: random.Random) -> Lines:
    """Yield a Markdown table in which merged cells are repeated."""
    yield ""
    for at, row in enumerate(_slots(form, repeated=True)):
        yield f"| {' | '.join(row)} |"
        if not at:
            yield "|" + "---|" * len(row)
    yield ""


def with_tags(form: Printed, chance: random.Random) -> Lines:
    """Yield an HTML table, on one line or a line for each row."""
    rows = []
    for row in _rows(form):
        cells = (f'<td rowspan="{high}" colspan="{wide}">{text}</td>' for _, _, high, wide, text in row)
        rows.append(f"<tr>{''.join(cells)}</tr>")
    yield chance.choice(["", "\n"]).join(["<table>", *rows, "</table>"])


STYLES: dict[str, Callable[[Printed, random.Random], Lines]] = {
    "row": one_row_a_line,
    "wrapped": wrapped,
    "paged": paged,
    "cell": one_cell_a_line,
    "noisy": noisy,
    "blanks": laid_out,
    "tabs": with_tabs,
    "bars": with_bars,
    "html": with_tags,
}
#: Styles in which empty cells can be seen: every amount then has its place.
EMPTIES_KEPT = {"tabs", "bars", "html"}
