"""Splits the text of a form into numbers, whole numbers and words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktopapp.readers.reading import Number
from desktopapp.readers.sources.model import Position

#: A number with decimals; blanks may have crept in around separators and the point.
_AMOUNT = r"(?:[-−－]\s?)?\d{1,3}(?:\s?[,，]\s?\d{3})+(?:\s?[.．]\s?\d{1,6})?|[-−－]?\d+\s?[.．]\s?\d{1,6}"
_TOKEN = re.compile(rf"(?P<amount>{_AMOUNT})|(?P<int>\d+)|(?P<text>[^\d\s]+)")
_PAGE_NUMBER = re.compile(r"[-—–－]*第?\d{1,3}页?(?:(?:[,，/]共?|共)\d{1,3}页?)?[-—–－]*")
_LONGEST_PAGE_NUMBER = 60


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the source with its number from 1, and its place where that is known."""

    number: int
    text: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a line; ``start`` tells whether it is the first of its line."""

    kind: str
    text: str
    line: int
    start: bool
    position: Position | None = None


def tokenize(lines: Iterable[TextLine]) -> list[Token]:
    """Return the tokens of lines: "amount" (with decimals or separators), "int", "text"."""
    return [token for line in lines for token in _tokens_of(line)]


def _tokens_of(line: TextLine) -> Iterator[Token]:
    first = True
    for m in _TOKEN.finditer(unicodedata.normalize("NFKC", line.text)):
        kind = m.lastgroup or "text"
        yield Token(kind, m.group(), line.number, first, line.position)
        first = False


def number_of(token: Token) -> Number:
    """Return the number that an "amount" or "int" token states, with a note when blanks were removed."""
    plain = re.sub(r"[\s,，]", "", token.text).replace("．", ".").replace("−", "-").replace("－", "-")
    whole, _, decimals = plain.partition(".")
    repaired = "数字中的空格已去掉" if re.search(r"\s", token.text.strip()) else ""
    place = token.position
    lined = place is None or place.line is not None or not place.describe()
    where = f"第 {token.line} 行" if lined or place is None else place.describe()
    return Number(int(whole + decimals), len(decimals), token.text.strip(), where, repaired, place)


def by_line(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return tokens line by line; a table written on one line of the source is still one line a row."""
    lines: list[list[Token]] = []
    for token in tokens:
        if token.start or not lines:
            lines.append([])
        lines[-1].append(token)
    return lines


def all_have_decimals(tokens: Sequence[Token]) -> bool:
    """Tell whether amounts are printed with as many decimals throughout: then a bare whole number is none of them."""
    decimals = {len(t.text.replace("．", ".").partition(".")[2].strip()) for t in tokens if t.kind == "amount"}
    return len(decimals) == 1 and decimals != {0}


def is_page_number(line: TextLine, before: str, after: str) -> bool:
    """Tell whether a line is nothing but a page number: dashed, or alone between blank lines."""
    if len(line.text.strip()) > _LONGEST_PAGE_NUMBER or not _PAGE_NUMBER.fullmatch("".join(line.text.split())):
        return False
    return bool(re.search(r"[-—–－页]", line.text)) or (not before.strip() and not after.strip())


def strip_page_numbers(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines that are neither blank nor page numbers."""
    kept = []
    for i, line in enumerate(lines):
        before = lines[i - 1].text if i else ""
        after = lines[i + 1].text if i + 1 < len(lines) else ""
        dashed = is_page_number(line, before, after) and bool(re.search(r"[-—–－页]", line.text))
        if line.text.strip() and not dashed:
            kept.append(line)
    return kept


_ENUMERATOR = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．:：，,]")
_BRACKETS = re.compile(r"\([^)]*\)?")


def squeeze(text: str) -> str:
    """Return text without blanks, with full-width forms narrowed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def bare_label(text: str) -> str:
    """Return a printed label without enumerator, brackets and blanks, for comparison."""
    return _BRACKETS.sub("", _ENUMERATOR.sub("", squeeze(text)))
