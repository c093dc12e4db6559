"""Reads a form with rows by functional code from running text: code, name, amounts in a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.levels import FUNCTIONAL
from desktopapp.core.template import TOTAL_ROW, Form
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, RowReading

_TOTAL = re.compile(r"^(?:本年)?(?:支出|收入)?(?:总计|合计|总合计)$")


def read_codes(region: Region, form: Form, catalogue: Catalogue) -> FormReading:
    """Return the rows of a form by code; which columns the amounts belong to is left open."""
    return _CodeReader(region, form, catalogue).read()


class _CodeReader:
    def __init__(self, region: Region, form: Form, catalogue: Catalogue) -> None:
        self._form, self._catalogue = form, catalogue
        self._reading = FormReading(form.id)
        self._lines = _by_line(tokenize(region.lines))
        self._row: RowReading | None = None
        self._before: list[str] = []
        self._names: list[str] = []
        self._seen: set[str] = set()
        self._begun = False
        self._total_above = False

    def read(self) -> FormReading:
        for tokens in self._lines:
            self._line(tokens)
        self._close()
        return self._reading

    def _line(self, tokens: list[Token]) -> None:
        if _is_number_row(tokens):
            self._total_above = False
            return
        code, used, note = self._leading_code(tokens)
        rest = tokens[used:]
        words = squeeze("".join(t.text for t in rest if t.kind == "text"))
        if code:
            self._open(RowReading(code, where=f"第 {tokens[0].line} 行", notes=[note] if note else []))
            if note:
                self._last().sure = 0.9
        elif self._is_total(rest, words):
            self._open(RowReading(TOTAL_ROW, where=f"第 {tokens[0].line} 行"))
            words = ""
        elif not self._begun:
            return
        if words:
            self._names.append(words)
        self._amounts(rest)

    def _is_total(self, tokens: Sequence[Token], words: str) -> bool:
        """Tell whether a line is the 合计 row: its word with amounts, on one line or with the amounts below it.

        The same word stands in headers, without amounts.
        """
        amounts = any(t.kind == "amount" for t in tokens)
        above, self._total_above = self._total_above, bool(_TOTAL.match(words)) and not amounts
        if TOTAL_ROW in self._seen:
            return False
        return amounts and (bool(_TOTAL.match(words)) or (above and not words))

    def _last(self) -> RowReading:
        assert self._row is not None
        return self._row

    def _amounts(self, tokens: Sequence[Token]) -> None:
        """Take the numbers behind a row; a bare whole number counts only where it can be no line number."""
        for token in tokens:
            if token.kind == "text" or (token.kind == "int" and self._row is None):
                continue
            number = number_of(token)
            if self._row is None or len(self._row.loose) >= len(self._form.columns):
                self._reading.unplaced.append(number)
                continue
            if token.kind == "int":
                self._row.notes.append(f"“{token.text}”没有小数，按金额认定")
                self._row.sure = min(self._row.sure, 0.8)
            self._row.loose.append(number)

    # ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _leading_code(self, tokens: Sequence[Token]) -> tuple[str, int, str]:
        """Return (code, tokens used, note) of a line that begins with a code, whole or in pieces."""
        digits = ""
        best: tuple[str, int] = ("", 0)
        for used, token in enumerate(tokens, 1):
            if token.kind != "int" or len(digits) + len(token.text) > FUNCTIONAL[-1]:
                break
            digits += token.text
            if len(digits) in FUNCTIONAL and digits.startswith("2"):
                best = (digits, used)
        code, count = best
        if not code:
            return "", 0, ""
        words = squeeze("".join(t.text for t in tokens[count:] if t.kind == "text"))
        if code in self._seen:
            return self._completed(code, words, count)
        if count > 1:
            return code, count, "" if _three_columns(tokens, count) else "编码分成几段，已合并"
        return code, count, ""

    def _completed(self, code: str, words: str, count: int) -> tuple[str, int, str]:
        """Return the code that a cut-off, repeated code stands for, found by its name."""
        below = [e for e in self._catalogue.children(code) if e.code not in self._seen]
        exact = [e for e in below if names_match(e.name, words)] or [e for e in below if _begins(e.name, words)]
        if not exact and words:
            exact = [e for e in below if fuzz.ratio(squeeze(e.name), words) >= 75]
        if len(exact) == 1:
            return exact[0].code, count, f"编码 {code} 不完整，按名称补为 {exact[0].code}"
        n = 2
        while f"{code}#{n}" in self._seen:
            n += 1
        return f"{code}#{n}", count, f"编码 {code} 重复出现"

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _open(self, row: RowReading) -> None:
        self._close()
        self._row = row
        self._begun = True
        self._seen.add(row.row)
        self._reading.rows.append(row)

    def _close(self) -> None:
        """Give the finished row its name: the words on its line, with those below it where the catalogue says so."""
        row, names = self._row, self._names
        self._row, self._names = None, []
        if row is None or row.row == TOTAL_ROW:
            self._before = names if row is None else []
            return
        entry = self._catalogue.get(row.row.partition("#")[0])
        wanted = entry.name if entry is not None else ""
        options = ["".join(names[:n]) for n in range(1, len(names) + 1)]
        options += ["".join([*self._before, *names[:n]]) for n in range(len(names) + 1)] if self._before else []
        fitting = [o for o in options if wanted and names_match(o, wanted)]
        row.name = fitting[0] if fitting else (options[0] if options else wanted)
        if not names and not fitting:
            row.notes.append("没有读到科目名称，按目录补全")
        self._before = names[1:] if len(names) > 1 and not fitting else []


def _by_line(tokens: Sequence[Token]) -> list[list[Token]]:
    lines: dict[int, list[Token]] = {}
    for token in tokens:
        lines.setdefault(token.line, []).append(token)
    return list(lines.values())


def _three_columns(tokens: Sequence[Token], count: int) -> bool:
    return [len(t.text) for t in tokens[:count]] in ([3, 2], [3, 2, 2])


def _is_number_row(tokens: Sequence[Token]) -> bool:
    """Tell whether a line holds the column numbers 1, 2, 3 … and nothing else of weight."""
    numbers = [t.text for t in tokens if t.kind != "text"]
    return len(numbers) >= 3 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _begins(full: str, cut: str) -> bool:
    return len(cut) >= 3 and squeeze(full).startswith(cut)
