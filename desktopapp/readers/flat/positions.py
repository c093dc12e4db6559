"""Where columns stand on lines that are aligned by blanks: evidence for the column of an amount, weaker than relations.

Places are counted in characters. Some programs count a Chinese character as one, some as two: that is right by which
the first amounts of the rows stand below each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import median

from desktopapp.readers.flat.tokens import Token, squeeze
from desktopapp.readers.reading import RowReading

#: So many rows must show it; ends of amounts of one column are no farther apart than this.
_FEWEST, _APART = 3, 2
#: One number of a row: its row, its place in the row.
_Key = tuple[int, int]


def lean(
    rows: Sequence[RowReading], head: Sequence[Sequence[Token]], labels: Sequence[str], *, total_first: bool
) -> None:
    """Note for the loose amounts of rows how far each stands from each column, where header and rows show it.

    ``head`` are the lines of the header, ``labels`` the labels of the columns in printed order, "" for unknown ones.
    ``total_first``: the first column is the sum of the others, and is never empty.
    """
    lined = [r for r in rows if r.loose and all(n.spans for n in r.loose)]
    if not lined or len(lined) < min(_FEWEST, len(rows)):
        return
    (_, groups), counted = min(((_groups(lined, counted), counted) for counted in (1, 0)), key=lambda g: g[0][0])
    known = _centres(head, labels, counted)
    centres = [c for c in known if c is not None]
    if len(centres) < len(known) or len(groups) > len(centres):
        return
    columns = _columns(groups, centres, lined, counted, total_first=total_first)
    far = {
        key: [abs(c - centres[k]) for c in centres] for k, group in zip(columns, groups, strict=True) for key in group
    }
    for at, row in enumerate(lined):
        row.leaning = tuple(tuple(far[at, n]) for n in range(len(row.loose)))


def _groups(rows: Sequence[RowReading], counted: int) -> tuple[tuple[int, int], list[list[_Key]]]:
    """Return the numbers of rows by the columns that they make, from left to right, by their ends or beginnings.

    Before them stand how many there are and how far they are out of line: the fewer, the better they show columns.
    """
    spans = {(at, n): x.spans[counted] for at, row in enumerate(rows) for n, x in enumerate(row.loose) if x.spans}
    return min((_grouped({key: span[side] for key, span in spans.items()}) for side in (1, 0)), key=lambda g: g[0])


def _grouped(places: Mapping[_Key, int]) -> tuple[tuple[int, int], list[list[_Key]]]:
    groups: list[list[_Key]] = []
    last = apart = 0
    for key, place in sorted(places.items(), key=lambda p: p[1]):
        if not groups or place - last > _APART or any(key[0] == other for other, _ in groups[-1]):
            groups.append([])
        else:
            apart += place - last
        groups[-1].append(key)
        last = place
    return (len(groups), apart), groups


def _columns(
    groups: Sequence[Sequence[_Key]],
    centres: Sequence[float],
    rows: Sequence[RowReading],
    counted: int,
    *,
    total_first: bool,
) -> tuple[int, ...]:
    """Return the column of each group: in order, and all together as near as can be to the headings."""
    spans = [[s.spans[counted] for at, n in group if (s := rows[at].loose[n]).spans] for group in groups]
    if total_first:
        # Amounts end farther right than the middle of their heading, all by about as much as in the first column.
        ends = [median(last for _, last in group) for group in spans]
        middles = [end - ends[0] + centres[0] for end in ends]
    else:
        middles = [median((first + last) / 2 for first, last in group) for group in spans]
    ways = combinations(range(len(centres)), len(groups))
    fitting = (way for way in ways if not total_first or way[0] == 0)
    return min(fitting, key=lambda way: sum(abs(m - centres[k]) for m, k in zip(middles, way, strict=True)))


def _centres(head: Sequence[Sequence[Token]], labels: Sequence[str], counted: int) -> list[float | None]:
    """Return the middle of each column: below its number, else below its label."""
    wanted = [str(n) for n in range(1, len(labels) + 1)]
    for line in head:
        numbers = [t for t in line if t.kind == "int"]
        if [t.text for t in numbers] == wanted and all(t.spans for t in numbers):
            return [_middle(t, counted) for t in numbers]
    pieces = [(n, t) for n, line in enumerate(head) for t in line if t.kind == "text" and t.spans]
    found: list[float | None] = []
    for label in labels:
        after = max((c for c in found if c is not None), default=-1.0)
        found.append(_below_label(pieces, squeeze(label), counted, after) if label else None)
    return found


def _below_label(pieces: Sequence[tuple[int, Token]], label: str, counted: int, after: float) -> float | None:
    """Return the middle of a label that stands behind a place, on one line or wrapped over several."""
    for at, (line, piece) in enumerate(pieces):
        if not label.startswith(squeeze(piece.text)) or _middle(piece, counted) <= after:
            continue
        text, last, parts = squeeze(piece.text), line, [piece]
        for below, other in pieces[at + 1 :]:
            if below > last and _overlap(piece, other, counted) and label.startswith(text + squeeze(other.text)):
                text, last = text + squeeze(other.text), below
                parts.append(other)
        if text == label:
            return sum(_middle(p, counted) for p in parts) / len(parts)
    return None


def _middle(token: Token, counted: int) -> float:
    assert token.spans is not None
    first, last = token.spans[counted]
    return (first + last) / 2


def _overlap(one: Token, other: Token, counted: int) -> bool:
    assert one.spans is not None
    if other.spans is None:
        return False
    mine, theirs = one.spans[counted], other.spans[counted]
    return mine[0] < theirs[1] and theirs[0] < mine[1]
