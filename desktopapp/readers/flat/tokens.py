"""Splits the text of a form into numbers, whole numbers and words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from desktopapp.readers.reading import Number, Span
from desktopapp.readers.sources.model import Position

#: A number with decimals; blanks may have crept in around separators and the point.
#: What follows must not make the decimals the beginning of the next number.
_AMOUNT = (
    r"(?:[-−－]\s?)?\d{1,3}(?:\s?[,，]\s?\d{3})+(?:\s?[.．]\s?\d{1,6}(?!\d|\s?[,，]\s?\d{3}|[.．]\d))?"
    r"|[-−－]?\d+\s?[.．]\s?\d{1,6}"
)
_TOKEN = re.compile(rf"(?P<amount>{_AMOUNT})|(?P<int>\d+)|(?P<text>[^\d\s]+)")
_PAGE_NUMBER = re.compile(r"[-—–－]*第?\d{1,3}页?(?:(?:[,，/]共?|共)\d{1,3}页?)?[-—–－]*")
_LONGEST_PAGE_NUMBER = 60
#: So many digits stand behind the point of an amount.
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the source with its number from 1, and its place where that is known."""

    number: int
    text: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a line; ``start`` tells whether it is the first of its line.

    ``spans`` is its place on a line that is aligned by blanks, with a Chinese character as one and as two.
    """

    kind: str
    text: str
    line: int
    start: bool
    position: Position | None = None
    spans: tuple[Span, Span] | None = None


def tokenize(lines: Iterable[TextLine]) -> list[Token]:
    """Return the tokens of lines: "amount" (with decimals or separators), "int", "text".

    An amount cut off at its point is joined with the digits on the next line where these are nothing else, and is
    "broken" elsewhere: half an amount is none.
    """
    found: list[list[Token]] = []
    for line in lines:
        tokens = list(_tokens_of(line))
        if not (found and tokens and _mended(found[-1], tokens)):
            found.append(tokens)
    return [token for tokens in found for token in tokens]


def _mended(before: list[Token], tokens: Sequence[Token]) -> bool:
    """Join digits with the broken amounts of the line before; tell whether they were its rest."""
    broken = [n for n, t in enumerate(before) if t.kind == "broken"]
    if len(broken) != len(tokens) or any(t.kind != "int" or len(t.text) > _DECIMALS for t in tokens):
        return False
    for n, rest in zip(broken, tokens, strict=True):
        before[n] = replace(before[n], kind="amount", text=f"{before[n].text} {rest.text}")
    return True


def _tokens_of(line: TextLine) -> Iterator[Token]:
    first = True
    narrow = unicodedata.normalize("NFKC", line.text)
    # Narrowing may change how many characters a line has, then its places are lost.
    aligned = "  " in line.text and len(narrow) == len(line.text)
    for m in _TOKEN.finditer(narrow):
        kind, text = m.lastgroup or "text", m.group()
        if kind == "amount" and "." not in text and narrow[m.end() : m.end() + 1] == ".":
            kind, text = "broken", text + "."
        elif text == "." and kind == "text":
            continue
        spans = spans_of(line.text, m.start(), m.end()) if aligned else None
        yield Token(kind, text, line.number, first, line.position, spans)
        first = False


def spans_of(text: str, start: int, end: int) -> tuple[Span, Span]:
    """Return where a piece of a line begins and ends, with a Chinese character as one and as two."""
    before, within = _width(text[:start]), _width(text[start:end])
    return (start, end), (before, before + within)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def number_of(token: Token) -> Number:
    """Return the number that an "amount" or "int" token states, with a note when blanks were removed."""
    plain = re.sub(r"[\s,，]", "", token.text).replace("．", ".").replace("−", "-").replace("－", "-")
    whole, _, decimals = plain.partition(".")
    repaired = "数字中的空格已去掉" if re.search(r"\s", token.text.strip()) else ""
    place = token.position
    lined = place is None or place.line is not None or not place.describe()
    where = f"第 {token.line} 行" if lined or place is None else place.describe()
    return Number(int(whole + decimals), len(decimals), token.text.strip(), where, repaired, place, token.spans)


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
