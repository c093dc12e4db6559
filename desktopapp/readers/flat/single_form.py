"""Reads the form of budget and outturn of three kinds of expenses from running text, however it is arranged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.template import SINGLE_ROW, Form
from desktopapp.readers.flat.positions import lean
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, by_line, number_of, squeeze, tokenize
from desktopapp.readers.grid_words import fold
from desktopapp.readers.reading import FormReading, RowReading
from desktopapp.readers.row_words import RowWords

_BUDGET, _OUTTURN = "budget_", "outturn_"
#: A header that names the budget so often has budget and outturn side by side in every group.
_ALTERNATING = 3
#: So many kinds of expenses with amounts of their own are a list, whatever else the table holds.
_FEWEST_ROWS = 3
#: So many lines tell that they are counted, and no table of these expenses has more than so many.
_FEWEST_LINES = 3
_MOST_LINES = 60


@dataclass(slots=True)
class _Labelled:
    """Amounts with the words before them."""

    words: str
    numbers: list[Token] = field(default_factory=list)


def read_single(region: Region, form: Form, elsewhere: Elsewhere) -> FormReading:
    """Return the amounts of a form of one row, loose, in printed order.

    Read are one row of budget and outturn, a row for each, and a row for each kind of expense.
    """
    tokens = tokenize(region.lines)
    half = elsewhere.columns_of(form.id, _head(tokens), _half(form)) or _half(form)
    naming = RowWords(elsewhere, form.id)
    groups = _groups(tokens, naming)
    rows = _two_rows(groups, half, naming) or _by_item(_groups(tokens, naming, whole=True), tokens, naming)
    if rows:
        _lean(rows, tokens, form)
        return FormReading(form.id, rows)
    return _one_row(tokens, form, half)


def _half(form: Form) -> tuple[str, ...]:
    keys = sorted((c for c in form.columns if c.key.startswith(_BUDGET)), key=lambda c: c.no or 0)
    return tuple(c.key.removeprefix(_BUDGET) for c in keys)


def _head(tokens: Sequence[Token]) -> str:
    """Return the words before the first amount."""
    first = next((i for i, t in enumerate(tokens) if t.kind == "amount"), len(tokens))
    return squeeze("".join(t.text for t in tokens[:first] if t.kind == "text"))


def _groups(tokens: Sequence[Token], naming: RowWords, whole: bool = False) -> list[_Labelled]:
    """Return all amounts in groups, each with the words right before it; column numbers are no amounts.

    ``whole``: amounts without decimals count as well, behind the first kind of expenses.
    """
    groups: list[_Labelled] = []
    words = ""
    for at, token in enumerate(tokens):
        if token.kind == "text":
            words += squeeze(token.text.strip("|"))
        elif token.kind == "int" and _enumerates(tokens, at):
            words += token.text
        elif token.kind == "amount" or (
            whole and token.kind == "int" and (groups or naming.item(fold(_last_label(words))))
        ):
            if words or not groups:
                groups.append(_Labelled(words))
                words = ""
            groups[-1].numbers.append(token)
    return groups


def _enumerates(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a whole number counts a label: 1.因公出国（境）费, （1）公务用车购置费."""
    before = tokens[at - 1].text if at and tokens[at - 1].kind == "text" else ""
    after = tokens[at + 1].text if at + 1 < len(tokens) and tokens[at + 1].kind == "text" else ""
    return (before.endswith(("(", "（")) and after.startswith((")", "）"))) or after.startswith((".", "、", "．"))


def _two_rows(groups: Sequence[_Labelled], half: Sequence[str], naming: RowWords) -> list[RowReading]:
    """Return a row for budget and one for outturn, empty where the form is not arranged so."""
    found: dict[str, _Labelled] = {}
    for group in groups:
        prefix = naming.half(group.words)
        if prefix and prefix not in found:
            found[prefix] = group
    if not found or (len(found) == 1 and len(groups) == 1 and not _ends_with_numbers_above(groups[0])):
        return []
    rows = []
    for prefix, group in found.items():
        columns = tuple(f"{prefix}{key}" if key else "" for key in half)
        rows.append(_row(group.numbers[: len(columns)], columns))
    return rows


def _ends_with_numbers_above(group: _Labelled) -> bool:
    """Tell whether a lone label is that of a row: the header of a single row ends with the names of its columns."""
    return bool(re.search(r"(?:公务接待费|公务用车运行维护费|培训费|栏次)(?:预算|决算)数$", group.words))


def _by_item(groups: Sequence[_Labelled], tokens: Sequence[Token], naming: RowWords) -> list[RowReading]:
    """Return a row for each kind of expense with its budget and outturn, empty where the form is not arranged so."""
    rows: list[RowReading] = []
    seen: set[str] = set()
    head = _head(tokens)
    order = [
        _BUDGET if m.group() == "预算数" else _OUTTURN for m in re.finditer(r"预算数|决算(?:统计)?数|统计数", head)
    ]
    halves = tuple(dict.fromkeys(order)) if len(order) in (2, 3) else ()
    # Of 年初预算数 and 全年预算数 the second one is published in this form.
    printed = [""] * max(len(order) - 2, 0) + list(halves)
    numbered = "行次" in head or _line_numbers(groups)
    for group in groups:
        item = naming.item(fold(_last_label(group.words)))
        if item and item not in seen and len(halves) == 2:
            columns = tuple(f"{half}{item}" if half else "" for half in printed)
            amounts = group.numbers[1:] if numbered and group.numbers[0].kind == "int" else group.numbers
            if amounts:
                seen.add(item)
                rows.append(_row(amounts[: len(columns)], columns))
    return rows if len(rows) >= _FEWEST_ROWS or (len(rows) >= 2 and len(rows) * 2 >= len(groups)) else []


def _line_numbers(groups: Sequence[_Labelled]) -> bool:
    """Tell whether the whole numbers right behind the labels count the lines: each is greater than the one before."""
    first = [int(g.numbers[0].text) for g in groups if g.numbers[0].kind == "int"]
    climbing = all(a < b for a, b in pairwise(first))
    return len(first) >= _FEWEST_LINES and climbing and first[-1] <= _MOST_LINES


def _last_label(words: str) -> str:
    """Return the last enumerated label of words: labels of rows without amounts stand before it."""
    # The digits of the numbers are tokens of their own; what is left of them is their punctuation.
    bare = re.split(r"(?:其中:?|\(\d?\)|\d\)|\([一二三四五六]\)|[一二三四五六]?、|(?<!\d)\d?[.、])", words)[-1]
    return bare or words


def _one_row(tokens: Sequence[Token], form: Form, half: Sequence[str]) -> FormReading:
    reading = FormReading(form.id)
    width = 2 * len(half)
    amounts = [t for t in _after_numbers(tokens, width) if t.kind != "text"]
    if _head(tokens).count("预算数") >= _ALTERNATING:
        columns = tuple(f"{p}{key}" if key else "" for key in half for p in (_BUDGET, _OUTTURN))
    else:
        columns = tuple(f"{p}{key}" if key else "" for p in (_BUDGET, _OUTTURN) for key in half)
    row = _row(amounts[:width], columns)
    reading.unplaced = [number_of(t) for t in amounts[width:]]
    reading.rows.append(row)
    _lean(reading.rows, tokens, form)
    return reading


def _lean(rows: Sequence[RowReading], tokens: Sequence[Token], form: Form) -> None:
    """Note how far amounts stand from the columns of their rows."""
    first = next((i for i, t in enumerate(tokens) if t.kind == "amount"), 0)
    labels = {c.key: c.label for c in form.all_columns()}
    if len({len(row.columns) for row in rows}) == 1:
        printed = [labels.get(key, "") for key in rows[0].columns]
        lean(rows, by_line(tokens[:first]), printed, total_first=False)


def _row(tokens: Sequence[Token], columns: tuple[str, ...]) -> RowReading:
    row = RowReading(SINGLE_ROW, loose=[number_of(t) for t in tokens], columns=columns)
    if tokens:
        row.where = f"第 {tokens[0].line} 行"
    return row


def _after_numbers(tokens: Sequence[Token], columns: int) -> Sequence[Token]:
    """Return the tokens behind the row of column numbers 1 … n, or from the first amount where it is missing."""
    ints = [(i, int(t.text)) for i, t in enumerate(tokens) if t.kind == "int"]
    for at in range(len(ints)):
        run = ints[at : at + columns]
        if [n for _, n in run] == list(range(1, columns + 1)):
            return tokens[run[-1][0] + 1 :]
    first = next((i for i, t in enumerate(tokens) if t.kind == "amount"), len(tokens))
    return [t for t in tokens[first:] if t.kind == "amount"]
