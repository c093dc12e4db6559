"""Reads a form with fixed lines on two sides from running text: label, line number, amounts."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.template import Form, Template
from desktopapp.readers.flat.heads import FIRST_LABEL, without_repeated_heads
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.sides import sides_apart
from desktopapp.readers.flat.tokens import Token, bare_label, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, RowReading

_HEADER = ("收入", "支出", "项目", "行次", "决算数", "栏次", "小计", "合计", "金额", "预算数", "单位", "部门", "公开")


class LineLabels:
    """The labels that the templates print on the lines of one form, by side, in printed order."""

    def __init__(self, form_id: str, templates: Sequence[Template]) -> None:
        self._keys: dict[str, list[str]] = {}
        self.order: dict[str, tuple[str, int]] = {}
        for form in (t.form(form_id) for t in templates):
            for side in form.sides:
                for at, line in enumerate(side.lines):
                    if not line.blank:
                        self.order.setdefault(line.key, (side.key, at))
                        self._add(line.label, line.key)
        for template in templates:
            for key, labels in template.elsewhere.labels.get(form_id, {}).items():
                for label in labels if key in self.order else ():
                    self._add(label, key)
        self._longest = sorted(self._keys, key=len, reverse=True)

    def _add(self, label: str, key: str) -> None:
        keys = self._keys.setdefault(bare_label(label), [])
        if key not in keys:
            keys.append(key)

    def split(self, text: str) -> list[tuple[str, list[str], float]]:
        """Return the labels in a run of words: (text, keys it may stand for, how sure)."""
        found: list[tuple[str, list[str], float]] = []
        rest = bare_label(text)
        while rest:
            known = next((label for label in self._longest if rest.startswith(label)), None)
            if known is None:
                keys, sure = self._nearest(rest)
                if keys:
                    found.append((rest, keys, sure))
                    break
                rest = self._skip(rest)
                continue
            found.append((known, self._keys[known], 1.0))
            rest = bare_label(rest[len(known) :])
        return found

    def _skip(self, rest: str) -> str:
        """Return what is left after words that are no label: from the next place where a known label begins."""
        for at in range(1, len(rest) - 1):
            tail = bare_label(rest[at:])
            if any(tail.startswith(label) for label in self._longest if len(label) >= 4 or label == "总计"):
                return tail
        return ""

    def _nearest(self, text: str) -> tuple[list[str], float]:
        """Return the keys of the label that a cut-off or misread text stands for."""
        if len(text) >= 4:
            cut = [label for label in self._longest if label.startswith(text)]
            if len(cut) == 1 or (cut and len({tuple(self._keys[c]) for c in cut}) == 1):
                return self._keys[cut[0]], 0.95
        best = max(self._longest, key=lambda label: fuzz.ratio(text, label), default="")
        score = fuzz.ratio(text, best) if best else 0
        return (self._keys[best], score / 100) if score >= 78 and len(text) >= 3 else ([], 0.0)


def read_lines(region: Region, form: Form, labels: LineLabels, elsewhere: Elsewhere) -> FormReading:
    """Return the lines of a two-sided form; amounts of a side with several columns stay loose."""
    return _LineReader(region, form, labels, elsewhere).read()


class _LineReader:
    def __init__(self, region: Region, form: Form, labels: LineLabels, elsewhere: Elsewhere) -> None:
        self._form, self._labels, self._elsewhere = form, labels, elsewhere
        self._head = ""
        self._others: tuple[str, ...] = ()
        self._reading = FormReading(form.id)
        self._tokens = tokenize(sides_apart(without_repeated_heads(region.lines)))
        self._taken: set[str] = set()
        self._reached: dict[str, int] = {}
        self._begun = False
        self._row: RowReading | None = None
        self._number: int | None = None
        self._words: list[Token] = []

    def read(self) -> FormReading:
        for token in self._tokens:
            if token.kind == "text":
                self._words.append(token)
                continue
            self._close_words()
            if token.kind == "int":
                self._take_int(token)
            else:
                self._take_amount(token)
        self._close_words()
        return self._reading

    def _close_words(self) -> None:
        """Turn the words gathered so far into lines; the last one is open for a number and amounts."""
        if not self._words:
            return
        text = squeeze("".join(t.text for t in self._words))
        line = self._words[-1].line
        self._words = []
        if not self._begun:
            # Headers repeat words of the lines; the lines themselves begin with the first enumerated one.
            first = FIRST_LABEL.search(text)
            self._head += text[: first.start()] if first else text
            if first is None:
                return
            self._begun, text = True, text[first.start() :]
            self._others = self._elsewhere.columns_of(self._form.id, self._head, ["amount"])
        for label, keys, sure in self._labels.split(text):
            if label in _HEADER and sure < 0.999:
                continue
            key = self._next_key(keys)
            if key is None:
                self._row = None
                continue
            self._taken.add(key)
            side, at = self._labels.order[key]
            self._reached[side] = at
            notes = [] if sure >= 0.999 else [f"项目名称“{label}”不完整，按近似名称认定"]
            self._row = RowReading(key, label, where=f"第 {line} 行", sure=max(sure, 0.8), notes=notes)
            if len(self._form.columns_of(key)) == 1:
                self._row.columns = self._others
            self._number = None
            self._reading.rows.append(self._row)

    def _next_key(self, keys: Sequence[str]) -> str | None:
        """Return the line that a label stands for: the first one below what was read on its side."""
        free = [k for k in keys if k not in self._taken]
        below = [k for k in free if self._labels.order[k][1] > self._reached.get(self._labels.order[k][0], -1)]
        return next(iter(below or free), None)

    def _take_int(self, token: Token) -> None:
        """A whole number behind a label is its line number; another one belongs to a blank line."""
        if self._row is not None and self._number is None and not self._row.loose:
            self._number = int(token.text)
            self._reading.line_numbers[self._row.row] = self._number
        else:
            self._row = None

    def _take_amount(self, token: Token) -> None:
        number = number_of(token)
        if self._row is None or len(self._row.loose) >= self._columns() or token.kind == "broken":
            self._reading.unplaced.append(number)
        else:
            self._row.loose.append(number)

    def _columns(self) -> int:
        if self._row is None:
            return 0
        return len(self._row.columns or self._form.columns_of(self._row.row))
