"""Text with bound pieces, in two written forms.

While a template is rendered, bound pieces travel through the text between private characters (``mark``), and
``unmark`` makes spans of them. In the editor and in the report file an office's own wording is plain text in which
bound pieces are placeholders:

    ⟦total.income⟧              the number of a fact
    ⟦total.income.change:增加⟧   a word that follows the sign of a fact
    ⟦?1,234.5⟧                  a number of last year's text that no fact stands for

Paragraphs are separated by line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktopapp.narrative.document import Span, SpanState
from desktopapp.narrative.words import SIGN_WORDS

OPEN, CLOSE = "⟦", "⟧"
_START, _MIDDLE, _END = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_START}([^{_MIDDLE}]*){_MIDDLE}([^{_MIDDLE}]*){_MIDDLE}([^{_END}]*){_END}")
_HOLDER = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
#: What the accountant still has to fill in, or forgot to: 【…】 and rows of XX.
GAP = re.compile(r"【[^【】\n]*】|[XxＸ×]{2,}")
_UNSURE = re.compile(r"【(\w+)或\w+】$")
_STATES: dict[str, SpanState] = {"l": "live", "t": "typed", "u": "unbound", "m": "missing"}


def mark(text: str, fact: str, state: SpanState) -> str:
    """Return a piece of text as it travels through a template."""
    return f"{_START}{state[0]}{_MIDDLE}{fact}{_MIDDLE}{text}{_END}"


def unmark(text: str) -> tuple[Span, ...]:
    """Return the spans of a rendered text."""
    return merged(_unmarked(text))


def _unmarked(text: str) -> Iterator[Span]:
    at = 0
    for found in _MARKED.finditer(text):
        yield from typed(text[at : found.start()])
        yield Span(found[3], found[2] or None, _STATES[found[1]])
        at = found.end()
    yield from typed(text[at:])


def typed(text: str) -> Iterator[Span]:
    """Yield text that somebody wrote, with what is still to be filled in set apart."""
    at = 0
    for found in GAP.finditer(text):
        if found.start() > at:
            yield Span(text[at : found.start()])
        yield Span(found[0], None, "missing")
        at = found.end()
    if at < len(text):
        yield Span(text[at:])


def merged(spans: Iterator[Span]) -> tuple[Span, ...]:
    """Return spans with neighbouring typed text joined and empty pieces left out."""
    found: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        last = found[-1] if found else None
        if last is not None and span == Span(span.text) and last == Span(last.text):
            found[-1] = Span(last.text + span.text)
        else:
            found.append(span)
    return tuple(found)


def to_editable(spans: tuple[Span, ...]) -> str:
    """Return spans as text with placeholders."""
    return "".join(map(_holder, spans))


def _holder(span: Span) -> str:
    if span.state == "unbound":
        return f"{OPEN}?{span.text}{CLOSE}"
    if span.fact is None:
        return span.text
    unsure = _UNSURE.match(span.text)
    if unsure is not None and span.state == "missing" and unsure[1] in SIGN_WORDS:
        return holder(span.fact, unsure[1])
    if span.text in SIGN_WORDS:
        return f"{OPEN}{span.fact}:{span.text}{CLOSE}"
    return f"{OPEN}{span.fact}{CLOSE}"


def holders(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start, end, fact id, word) of every placeholder; "?" and the number for one without a fact."""
    for found in _HOLDER.finditer(text):
        inside = found[1]
        if inside.startswith("?"):
            yield found.start(), found.end(), "?", inside[1:]
        else:
            fact, _, word = inside.partition(":")
            yield found.start(), found.end(), fact, word


def settled(text: str) -> str:
    """Return a text with placeholders in which everything carried over from last year counts as looked at."""
    return _HOLDER.sub(lambda found: found[1][1:] if found[1].startswith("?") else found[0], text)


def holder(fact: str, word: str = "") -> str:
    """Return the placeholder of a fact, or of a word that follows it."""
    return f"{OPEN}{fact}:{word}{CLOSE}" if word else f"{OPEN}{fact}{CLOSE}"
