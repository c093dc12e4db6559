"""Reads the form of economic codes in blocks side by side, and the form of one row, from running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.template import SINGLE_ROW, Form
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, RowReading

_PERSONNEL = re.compile(r"人员经费合计")
_PUBLIC = re.compile(r"(?:日常)?公用经费合计")


def read_blocks(region: Region, form: Form, catalogue: Catalogue) -> FormReading:
    """Return the codes with their amounts; whatever block they stand in, an amount belongs to the code before it."""
    return _BlockReader(region, form, catalogue).read()


class _BlockReader:
    def __init__(self, region: Region, form: Form, catalogue: Catalogue) -> None:
        self._form, self._catalogue = form, catalogue
        self._reading = FormReading(form.id)
        self._tokens = tokenize(region.lines)
        self._row: RowReading | None = None
        self._words = ""
        self._seen: set[str] = set()
        self._column = form.columns[0].key

    def read(self) -> FormReading:
        at = 0
        while at < len(self._tokens):
            at = self._take(at)
        self._close()
        return self._reading

    def _take(self, at: int) -> int:
        token = self._tokens[at]
        if token.kind == "int":
            code, used = self._code(at)
            if code:
                self._open(RowReading(code, where=f"第 {token.line} 行"))
                return at + used
            if self._row is None or self._column in self._row.placed:
                return at + 1
        if token.kind == "text":
            self._words += squeeze(token.text)
            self._total(token)
            return at + 1
        number = number_of(token)
        if self._row is None or self._column in self._row.placed:
            self._reading.unplaced.append(number)
        else:
            self._row.placed[self._column] = number
        return at + 1

    def _total(self, token: Token) -> None:
        """Open the closing line whose label the words now end with."""
        for pattern, key in ((_PERSONNEL, "personnel"), (_PUBLIC, "public")):
            label = pattern.search(self._words)
            if label and key not in self._seen and self._has_total(key):
                self._words = self._words[: label.start()]
                self._open(RowReading(key, where=f"第 {token.line} 行"))

    def _has_total(self, key: str) -> bool:
        return any(t.key == key for t in self._form.totals())

    def _code(self, at: int) -> tuple[str, int]:
        """Return (code, tokens used) when an economic code begins here, whole or split in two."""
        text = self._tokens[at].text
        if len(text) == 3 and at + 1 < len(self._tokens):
            after = self._tokens[at + 1]
            joined = text + after.text
            if after.kind == "int" and len(after.text) == 2 and self._catalogue.get(joined) is not None:
                return joined, 2
        if len(text) in (3, 5) and text[0] == "3" and (self._catalogue.get(text) or self._catalogue.get(text[:3])):
            return text, 1
        return "", 0

    def _open(self, row: RowReading) -> None:
        self._close()
        if row.row in self._seen:
            double = sum(r.row.startswith(row.row) for r in self._reading.rows) + 1
            row.row, row.sure = f"{row.row}#{double}", 0.8
        self._row = row
        self._seen.add(row.row)
        self._reading.rows.append(row)

    def _close(self) -> None:
        row, words = self._row, self._words
        self._row, self._words = None, ""
        if row is None or not row.row[0].isdigit():
            return
        if "#" in row.row:
            self._complete(row, words)
        entry = self._catalogue.get(row.row)
        row.name = entry.name if entry is not None else words

    def _complete(self, row: RowReading, words: str) -> None:
        """Give a row with a cut-off, repeated code the code below it that has its name."""
        code = row.row.partition("#")[0]
        below = [e for e in self._catalogue.children(code) if e.code not in self._seen]
        fitting = [e for e in below if names_match(e.name, words)]
        fitting = fitting or [e for e in below if len(words) >= 2 and squeeze(e.name).startswith(words)]
        if fitting:
            row.row, row.sure = fitting[0].code, 0.9
            row.notes.append(f"编码 {code} 不完整，按名称补为 {row.row}")
            self._seen.add(row.row)
        else:
            row.notes.append(f"编码 {code} 重复出现")


def read_single(region: Region, form: Form) -> FormReading:
    """Return the amounts of a form of one row, all loose, in printed order."""
    reading = FormReading(form.id)
    tokens = tokenize(region.lines)
    amounts = [t for t in _after_numbers(tokens, len(form.columns)) if t.kind != "text"]
    row = RowReading(SINGLE_ROW, loose=[number_of(t) for t in amounts[: len(form.columns)]])
    reading.unplaced = [number_of(t) for t in amounts[len(form.columns) :]]
    if amounts:
        row.where = f"第 {amounts[0].line} 行"
    reading.rows.append(row)
    return reading


def _after_numbers(tokens: Sequence[Token], columns: int) -> Sequence[Token]:
    """Return the tokens behind the row of column numbers 1 … n, or from the first amount where it is missing."""
    ints = [(i, int(t.text)) for i, t in enumerate(tokens) if t.kind == "int"]
    for at in range(len(ints)):
        run = ints[at : at + columns]
        if [n for _, n in run] == list(range(1, columns + 1)):
            return tokens[run[-1][0] + 1 :]
    first = next((i for i, t in enumerate(tokens) if t.kind == "amount"), len(tokens))
    return [t for t in tokens[first:] if t.kind == "amount"]
