"""Headers of the tables inside a self-evaluation form, and how well a text suits each of their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from desktopapp.readers.selfeval.rows import Piece, Row
from desktopapp.readers.selfeval.words import Index, Words, label, points, split_weight

Columns = tuple[tuple[str, int, int], ...]

_FRAGMENT = re.compile(r"[（(]?[AaBb][)）]?|.{0,3}[值况标量]?(?:[（(][AaBb][)）])?")
_MEASURE = re.compile(r"[≥≤><＞＜﹥﹤=]?\s*\d")
_SIGN = re.compile(r"[≥≤＞＜><=＝﹦≧≦]{1,2}|定[性量](?:指标)?|正向|反向")
_AMOUNT = re.compile(r"[-\d,，.\s]*\d(?:\.\d+)?\s*(?:万?元)?|.*=\s*[\d,.]+\s*")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a header row: field, first column, column behind the last; ``table`` is where it stands."""

    columns: Columns
    table: int
    side: str = ""

    def has(self, field: str) -> bool:
        """Tell whether the header has a column."""
        return any(f == field for f, _, _ in self.columns)


def indicator_header(row: Row, words: Words) -> Header | None:
    """Return the header of the indicator table when the row is one."""
    if len(row.pieces) < 3 or points(row.pieces[-1].text) is not None:
        return None
    found = _found(row.pieces, words.columns)
    fields = [f for f, _ in found]
    if len(fields) < 3 or not {"name", "level1"} & set(fields) or not {"target", "actual"} & set(fields):
        return None
    side = None if any(row.pieces[0] is piece for _, piece in found) else row.pieces[0]
    return Header(_columns(found, row, "side"), row.table, side.text if side else "")


def execution_header(row: Row, words: Words) -> Header | None:
    """Return the header of the execution rows when the row is one."""
    if len(row.pieces) < 2 or points(row.pieces[-1].text) is not None:
        return None
    found = _found(row.pieces, words.execution)
    if len({f for f, _ in found} & {"budget", "executed", "rate", "first"}) < 2:
        return None
    side = " ".join(p.text for p in row.pieces if not any(p is q for _, q in found))
    return Header(_columns(found, row, "label"), row.table, side)


def _found(pieces: Sequence[Piece], lists: Index) -> list[tuple[str, Piece]]:
    """Return the pieces that are headers, each field once; the very word goes before one much like it."""
    found: dict[str, Piece] = {}
    named = [(lists.which(text), lists.exactly(label(text)), piece) for piece in pieces for text in [_bare(piece)]]
    for field, _, piece in sorted(named, key=lambda n: not n[1]):
        if field and field not in found:
            found[field] = piece
    return list(found.items())


def _bare(piece: Piece) -> str:
    return split_weight(piece.text)[0]


def _columns(found: Sequence[tuple[str, Piece]], row: Row, leading: str) -> Columns:
    """Return the columns in order; each reaches to the next, what stands before the first is ``leading``."""
    ordered = sorted(found, key=lambda f: f[1].start)
    ends = [p.start for _, p in ordered[1:]] + [10_000]
    columns = [(field, piece.start, end) for (field, piece), end in zip(ordered, ends, strict=True)]
    return ((leading, 0, max(1, columns[0][1])), *columns)


def is_fragment(row: Row) -> bool:
    """Tell whether a row is nothing but the rest of a header that a page break cut."""
    return row.first and all(len(p.text) <= 6 and _FRAGMENT.fullmatch(p.text) for p in row.pieces)


# ── fit of texts ────────────────────────────────────────────────────────────────────────────────────────────────────
#: Cost of an empty field.
MISSING: Mapping[str, float] = {"name": 4.0, "target": 1.5, "actual": 1.0, "score": 2.0, "weight": 1.0}
EXECUTION_MISSING: Mapping[str, float] = {"budget": 2.0, "executed": 2.0, "rate": 0.5, "score": 0.5, "weight": 0.2}


class IndicatorFit:
    """How badly a text suits a field of the indicator table."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._kinds = lru_cache(maxsize=2048)(self._kind)

    def __call__(self, field: str, text: str) -> float:
        """Return the cost of a text in a field."""
        match field:
            case "score" | "weight":
                return 0.0 if points(text) is not None else 8.0
            case "level1":
                return {"1": 0.0, "12": 0.2, "2": 3.0}.get(self._kinds(text), 5.0)
            case "level2":
                return {"2": 0.0, "12": 0.2, "1": 2.0, "指标": 1.5}.get(self._kinds(text), 4.0)
            case "side":
                return 0.0 if re.search("年度|绩效|目标|指标", text) and self._kinds(text) in ("", "指标") else 4.0
            case "name":
                return _name_cost(text, self._kinds(text))
            case "sign":
                return 0.0 if _SIGN.fullmatch(text) else 6.0
            case "unit":
                return 0.0 if len(text) <= 6 and not any(c.isdigit() for c in text) else 3.0
            case "target" | "actual":
                return 5.0 if self._kinds(text) in ("1", "2", "12") and text.endswith(("标", ")", "）")) else 0.0
            case _:
                return 0.5 if points(text) is not None else 0.0

    def _kind(self, text: str) -> str:
        """Return which levels a text may be the label of: "1", "2", "12", "指标" for a label of no known level, ""."""
        plain = label(split_weight(text, bare=True)[0])
        if len(plain) > 14:
            return ""
        ends = plain.endswith("指标")
        one = (ends and plain.startswith(self._words.level1)) or plain in self._words.level1
        core = plain.removesuffix("指标")
        weighed = split_weight(text, bare=True)[1] is not None and len(core) <= 7
        two = ends and any(w in core for w in self._words.level2)
        two = two or core in self._words.level2 or (weighed and core.endswith(self._words.level2))
        return ("1" if one else "") + ("2" if two else "") or ("指标" if ends and plain != "指标" else "")


def _name_cost(text: str, kind: str) -> float:
    if kind in ("1", "2", "12"):
        return 2.5
    return 5.0 if _MEASURE.match(text) and len(text) <= 15 else 0.0


def execution_fit(field: str, text: str) -> float:
    """Return how badly a text suits a field of the execution rows."""
    match field:
        case "budget" | "executed" | "first":
            return 0.0 if _AMOUNT.fullmatch(text) else 6.0
        case "rate":
            return 0.0 if "%" in text or "％" in text else 1.5 if points(text) is not None else 6.0
        case "score" | "weight":
            return 0.0 if points(text) is not None else 6.0
        case _:
            return 6.0 if _AMOUNT.fullmatch(text) else 0.0
