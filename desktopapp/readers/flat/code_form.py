"""Reads a form with rows by functional code from running text: code, name, amounts in a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.catalogue_names import names_match
from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.levels import FUNCTIONAL
from desktopapp.core.template import TOTAL_ROW, Form
from desktopapp.readers.flat.positions import lean
from desktopapp.readers.flat.regions import Region
from desktopapp.readers.flat.tokens import Token, all_have_decimals, by_line, number_of, squeeze, tokenize
from desktopapp.readers.reading import FormReading, RowReading

_TOTAL = re.compile(r"^(?:本年)?(?:支出|收入)?(?:总计|合计|总合计)$")


def read_codes(region: Region, form: Form, catalogue: Catalogue, elsewhere: Elsewhere) -> FormReading:
    """Return the rows of a form by code; which columns the amounts belong to is left open."""
    return _CodeReader(region, form, catalogue, elsewhere).read()


class _CodeReader:
    def __init__(self, region: Region, form: Form, catalogue: Catalogue, elsewhere: Elsewhere) -> None:
        self._form, self._catalogue, self._elsewhere = form, catalogue, elsewhere
        self._reading = FormReading(form.id)
        tokens = tokenize(region.lines)
        self._lines = join_codes(by_line(tokens), catalogue)
        self._decimals = all_have_decimals(tokens)
        self._row: RowReading | None = None
        self._head = ""
        self._head_lines: list[list[Token]] = []
        self._others: tuple[str, ...] = ()
        self._before: list[str] = []
        self._above: list[str] = []
        self._names: list[str] = []
        #: How many of the names stand before the first amount of the row.
        self._own_names = 0
        self._seen: set[str] = set()
        self._begun = False
        self._total_above = False

    def read(self) -> FormReading:
        for tokens in self._lines:
            self._line(tokens)
        self._close()
        total = self._form.columns[0].key == "total"
        lean(self._reading.rows, self._head_lines, self._labels(), total_first=total)
        return self._reading

    def _labels(self) -> list[str]:
        """Return the labels of the columns as they are printed, "" for those that no template has."""
        labels = {c.key: c.label for c in self._form.columns}
        return [labels.get(key, "") for key in self._others or tuple(labels)]

    def _line(self, tokens: list[Token]) -> None:
        if not self._begun:
            self._head_lines.append(tokens)
        if _is_number_row(tokens):
            self._total_above = False
            return
        tokens = _code_first(tokens, self._catalogue)
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
            self._head += words
            # The name of the first row may begin above its code.
            self._above = [words] if words else []
            return
        if words:
            self._names.append(words)
            if not self._last().loose:
                self._own_names = len(self._names)
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
            if token.kind == "text" or (token.kind == "int" and (self._row is None or self._decimals)):
                continue
            number = number_of(token)
            full = self._row is None or len(self._row.loose) >= len(self._others or self._form.columns)
            if full or self._row is None or token.kind == "broken":
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
        if not self._begun:
            self._before = self._above
            known = [c.key for c in self._form.columns]
            self._others = self._elsewhere.columns_of(self._form.id, self._head, known)
            self._reading.head = self._head
        row.columns = self._others
        self._row, self._own_names = row, 0
        self._begun = True
        self._seen.add(row.row)
        self._reading.rows.append(row)

    def _close(self) -> None:
        """Give the finished row its name: the words on its line, with those below it where the catalogue says so."""
        row, names = self._row, self._names
        self._row, self._names = None, []
        if row is None or row.row == TOTAL_ROW:
            self._before = names
            return
        wanted = self._wanted(row.row.partition("#")[0])
        options = [("".join(names[:n]), n) for n in range(1, len(names) + 1)]
        if self._before:
            options += [("".join([*self._before, *names[:n]]), n) for n in range(len(names) + 1)]
        used = max(self._own_names, 1)
        fitting = next(((o, n) for o, n in options if any(names_match(o, w) for w in wanted)), None)
        row.name, used = fitting or ("".join(names[:used]) or next(iter(wanted), ""), used)
        if not names and fitting is None:
            row.notes.append("没有读到科目名称，按目录补全")
        # What is left may be the beginning of the next row's name, set above its code.
        self._before = names[used:]

    def _wanted(self, code: str) -> list[str]:
        """Return the names that a code has, or had in other years."""
        entry = self._catalogue.get(code)
        entries = [*([entry] if entry is not None else []), *self._catalogue.in_other_years(code)]
        return [name for e in entries for name in (e.name, *e.synonyms)]


def join_codes(lines: Sequence[list[Token]], catalogue: Catalogue) -> list[list[Token]]:
    """Return lines with 类, 款 and 项 that stand on lines of their own brought together: 201 / 03 / 01.

    A page number can stand between them and the name, so the name decides how many of them belong to the code.
    """
    joined: list[list[Token]] = []
    at = 0
    while at < len(lines):
        used = _pieces(lines, at, catalogue)
        joined.append([t for line in lines[at : at + used] for t in line])
        at += used
    return joined


def _pieces(lines: Sequence[list[Token]], at: int, catalogue: Catalogue) -> int:
    """Return how many lines from ``at`` on make one code, 1 where there is nothing to join."""
    if not lines[at] or any(t.kind != "int" for t in lines[at]):
        return 1
    code = "".join(t.text for t in lines[at])
    if not code.startswith("2") or len(code) not in FUNCTIONAL[:-1]:
        return 1
    codes = [code]
    for line in lines[at + 1 : at + 3]:
        if len(line) != 1 or line[0].kind != "int" or len(line[0].text) != 2 or len(codes[-1]) >= FUNCTIONAL[-1]:
            break
        codes.append(codes[-1] + line[0].text)
    behind = lines[at + len(codes)] if at + len(codes) < len(lines) else []
    words = squeeze("".join(t.text for t in behind if t.kind == "text"))
    named = [n for n, c in enumerate(codes, 1) if _is_name(catalogue, c, words)]
    return named[-1] if named else len(codes)


def _is_name(catalogue: Catalogue, code: str, words: str) -> bool:
    entry = catalogue.get(code)
    return entry is not None and bool(words) and (entry.accepts(words) or _begins(entry.name, words))


def _code_first(tokens: list[Token], catalogue: Catalogue) -> list[Token]:
    """Return the tokens of a row whose name stands before its code with the code in front."""
    for at, token in enumerate(tokens):
        if token.kind == "amount":
            break
        if at and token.kind == "int" and len(token.text) in FUNCTIONAL and token.text.startswith("2"):
            words = squeeze("".join(t.text for t in tokens[:at]))
            if _is_name(catalogue, token.text, words):
                return [token, *tokens[:at], *tokens[at + 1 :]]
    return tokens


def _three_columns(tokens: Sequence[Token], count: int) -> bool:
    return [len(t.text) for t in tokens[:count]] in ([3, 2], [3, 2, 2])


def _is_number_row(tokens: Sequence[Token]) -> bool:
    """Tell whether a line holds the column numbers 1, 2, 3 … and nothing else of weight."""
    numbers = [t.text for t in tokens if t.kind != "text"]
    return len(numbers) >= 3 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _begins(full: str, cut: str) -> bool:
    return len(cut) >= 3 and squeeze(full).startswith(cut)
