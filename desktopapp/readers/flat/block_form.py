"""Reads the form of economic codes from running text: in blocks side by side, or in one list."""

from __future__ import annotations

import re

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.template import Form
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, all_have_decimals, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, Number, RowReading


def read_blocks(region: Region, form: Form, catalogue: Catalogue, elsewhere: Elsewhere) -> FormReading:
    """Return the codes with their amounts; whatever block they stand in, an amount belongs to the code before it."""
    return _BlockReader(region, form, catalogue, elsewhere).read()


def _half_of_classes(form: Form) -> dict[str, str]:
    """Return for each class the key of the total that closes its half."""
    halves: dict[str, str] = {}
    open_classes: list[str] = []
    for block in form.blocks:
        open_classes += block.classes
        if block.total is not None:
            halves |= dict.fromkeys(open_classes, block.total.key)
            open_classes = []
    return halves


class _BlockReader:
    def __init__(self, region: Region, form: Form, catalogue: Catalogue, elsewhere: Elsewhere) -> None:
        known = {t.key for t in form.totals()}
        #: The totals of the halves that the form has, in printed order.
        self._totals = [w for w in elsewhere.totals_of(form.id) if w.key in known]
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
        elif self._row is None and self._words == "合计" and self._is_list():
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
        return self._words.endswith("合计") and (self._is_list() or not self._half_sum())

    def _half_sum(self) -> bool:
        return any(m.end() == len(self._words) for w in self._totals for m in w.label.finditer(self._words))

    def _is_list(self) -> bool:
        """Tell whether the header is that of one list of codes with a column each for the halves."""
        names = len(re.findall(r"(?<!部门)(?<!单位)名称", self._head))
        return names == 1 and all(w.column in self._head for w in self._totals)

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
        before = self._head.partition(self._totals[0].column)[0] if self._totals else self._head
        summed = "合计" in before or "小计" in self._head
        keys = [w.key for w in self._totals]
        parts = self._sums[1:] if summed and len(self._sums) > 1 else self._sums
        sure, note = 1.0, ""
        if len(parts) == 1:
            halves = _half_of_classes(self._form)
            read = {halves.get(r.row[:3], "") for r in self._reading.rows if r.row[0].isdigit()}
            keys = [key for key in reversed(keys) if key in read][:1]
            sure, note = 0.8, "合计行只印了一部分金额，按明细认定所在栏"
        for key, part in zip(keys, parts, strict=False):
            if key not in self._seen:
                row = RowReading(key, placed={self._column: part}, sure=sure, notes=[note] if note else [])
                self._seen.add(key)
                self._reading.rows.append(row)
        self._reading.unplaced += parts[len(keys) :]

    def _total(self, token: Token) -> None:
        """Open the closing line whose label the words now end with."""
        for wording in self._totals:
            label = wording.label.search(self._words)
            if label and wording.key not in self._seen:
                self._words = self._words[: label.start()]
                self._open(RowReading(wording.key, where=f"第 {token.line} 行"))

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
            self._list = self._is_list()
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
