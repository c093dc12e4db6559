"""Reads the form of economic codes from running text: in blocks side by side, or in one list."""

from __future__ import annotations

import re

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.template import Form
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, all_have_decimals, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, Number, RowReading

_PERSONNEL = re.compile(r"人员经费合计")
_HALF_SUM = re.compile(r"经费合计$")
_PERSONNEL_CLASSES = ("301", "303")
_PUBLIC = re.compile(r"(?:日常)?公用经费合计")


def read_blocks(region: Region, form: Form, catalogue: Catalogue) -> FormReading:
    """Return the codes with their amounts; whatever block they stand in, an amount belongs to the code before it."""
    return _BlockReader(region, form, catalogue).read()


def _is_list(head: str) -> bool:
    """Tell whether a header is that of one list of codes with a column each for personnel and public expenses."""
    names = len(re.findall(r"(?<!部门)(?<!单位)名称", head))
    return names == 1 and "人员" in head and "公用" in head


class _BlockReader:
    def __init__(self, region: Region, form: Form, catalogue: Catalogue) -> None:
        self._form, self._catalogue = form, catalogue
        self._reading = FormReading(form.id)
        self._tokens = tokenize(region.lines)
        self._row: RowReading | None = None
        self._words = ""
        self._seen: set[str] = set()
        self._column = form.columns[0].key
        self._decimals = all_have_decimals(self._tokens)
        self._head = ""
        self._list: bool | None = None
        self._sums: list[Number] = []

    def read(self) -> FormReading:
        at = 0
        while at < len(self._tokens):
            at = self._take(at)
        self._close()
        self._close_list()
        return self._reading

    def _take(self, at: int) -> int:
        token = self._tokens[at]
        if token.kind == "int":
            code, used = self._code(at)
            if code:
                self._open(RowReading(code, where=f"第 {token.line} 行"))
                return at + used
            if self._row is None or self._column in self._row.placed or self._decimals:
                return at + 1
        if token.kind == "text":
            self._words += squeeze(token.text)
            if self._list is None:
                self._head += squeeze(token.text)
            if self._list is not False and self._sum_begins() and not self._sums:
                self._close()
                self._words = "合计"
            self._total(token)
            return at + 1
        number = number_of(token)
        if token.kind == "broken":
            self._reading.unplaced.append(number)
        elif self._row is None and self._words == "合计" and _is_list(self._head):
            self._sums.append(number)
        elif self._row is not None and self._column in self._row.placed and self._list:
            self._second(self._row, number)
        elif self._row is None or self._column in self._row.placed:
            self._reading.unplaced.append(number)
        else:
            self._row.placed[self._column] = number
        return at + 1

    def _sum_begins(self) -> bool:
        """Tell whether the words end with the label of the row of the sum; in blocks it names the half as well."""
        return self._words.endswith("合计") and (_is_list(self._head) or not _HALF_SUM.search(self._words))

    def _second(self, row: RowReading, number: Number) -> None:
        """Compare an amount in the column of personnel or public expenses with the row's own one."""
        own = row.placed[self._column]
        if not own.digits:
            row.placed[self._column] = number
        elif number.digits and number.digits * 10**own.places != own.digits * 10**number.places:
            row.sure = min(row.sure, 0.7)
            row.notes.append(f"同一行还印有“{number.text}”，采用前一个数")

    def _close_list(self) -> None:
        """Give the totals of a list their rows: 合计, 人员经费 and 公用经费 stand in one row there."""
        if not self._sums:
            return
        summed = "合计" in self._head.partition("人员")[0] or "小计" in self._head
        where = {"personnel": 0, "public": 1}
        parts = self._sums[1:] if summed and len(self._sums) > 1 else self._sums
        sure, note = 1.0, ""
        if len(parts) == 1:
            public = any(r.row[:3] not in _PERSONNEL_CLASSES for r in self._reading.rows if r.row[0].isdigit())
            where = {"public" if public else "personnel": 0}
            sure, note = 0.8, "合计行只印了一部分金额，按明细认定所在栏"
        for key, at in where.items():
            if at < len(parts) and self._has_total(key) and key not in self._seen:
                row = RowReading(key, placed={self._column: parts[at]}, sure=sure, notes=[note] if note else [])
                self._seen.add(key)
                self._reading.rows.append(row)
        self._reading.unplaced += parts[len(where) :]

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
        if self._list is None:
            self._list = _is_list(self._head)
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
