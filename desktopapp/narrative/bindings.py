"""An office's own wording with live numbers: from placeholders to spans, and from last year's text to this year's.

The text keeps its words; numbers of facts, and words that tell their sign, follow the forms. Where a change became
nothing the clause turns into 持平, where it can't be given as a rate (last year was zero) the rate is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from desktopapp.narrative.document import Span
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.marks import CLOSE, OPEN, holder, holders, merged, typed
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.plain import clean
from desktopapp.narrative.words import SAME, SIGN_WORDS, sign_of, turned

#: Ends of facts whose sign a word tells.
TURNING = (".change", ".rate", ".gap", ".gap_rate")
_WORDS = "|".join(sorted(SIGN_WORDS, key=len, reverse=True))
_ID = r"[^⟦⟧:?]+"
_CLAUSE = re.compile(
    rf"⟦(?P<id>{_ID}):(?P<word>[^⟦⟧]+)⟧"
    r"(?P<number>[了约\s]*⟦(?P=id)⟧\s*(?:万元|元|个百分点)?)?"
    rf"(?P<rate>\s*[，,、（(]?\s*⟦(?P<rated>{_ID}):[^⟦⟧]+⟧[了约\s]*⟦(?P=rated)⟧\s*[）)]?)?"
)
_WORD_BEFORE = re.compile(rf"(?P<word>{_WORDS})(?P<gap>[了约\s]*)⟦(?P<id>{_ID})⟧")
_WORD_OF_REASON = re.compile(
    rf"(?P<word>{_WORDS})(?P<rest>(?:年初|全年|调整)?(?P<budget>预算数?)?的?(?:主要)?原因|年初预算数?的?(?:主要)?原因)"
)
_SAME_WORD = re.compile(r"(?P<before>与[^，。；⟦⟧]{0,14}|比[^，。；⟦⟧]{0,10}|较[^，。；⟦⟧]{0,10}|基本)(?P<word>持平)")
_SENTENCE = re.compile(r"[^。\n]*[。\n]?")
#: What a reason stands behind; without the word 原因 only where the sentence has told a change before.
_REASON = re.compile(r"原因(?:主要)?(?:是|为|有|在于|系|如下|[:：])[:：]?(?:因|由于)?(?=[^。，,；;])")
_BECAUSE = re.compile(r"(?<=[，,；;（(])(?:主要)?(?:是由于|是因为?|系|由于|是)(?!用于|指|为了)")
#: A reason told in several sentences goes on with the next ordinal.
_FURTHER = re.compile(r"^\s*(?:[二三四五六七八九]是|[（(]?[2-9二三四五六七八九][）)、.．](?!\d))")
_HANZI = re.compile(r"[一-鿿]{2,}")
_EDGES = " ，,；;。\n、"
#: From the fact spoken of last and the match to the fact whose sign the word tells.
_FactOf = Callable[[str, re.Match[str]], str]


# ── typed text → spans ──────────────────────────────────────────────────────────────────────────────────────────────
def from_editable(text: str, facts: Facts, style: NumberStyle) -> tuple[Span, ...]:
    """Return the spans of one paragraph with placeholders: numbers as the facts are now, words turned to suit them."""
    return merged(_spans(settle(clean(text), facts), facts, style))


def facts_in(text: str) -> set[str]:
    """Return the ids of the facts that a text with placeholders names."""
    return {fact for _, _, fact, _ in holders(text) if fact != "?"}


def _spans(text: str, facts: Facts, style: NumberStyle) -> Iterator[Span]:
    at = 0
    for start, end, fact_id, word in holders(text):
        yield from typed(text[at:start])
        at = end
        if fact_id == "?":
            yield Span(word, None, "unbound")
        elif word:
            yield word_span(facts.find(fact_id), fact_id, word)
        else:
            yield number_span(facts.find(fact_id), fact_id, facts, style)
    yield from typed(text[at:])


def number_span(fact: Fact | None, fact_id: str, facts: Facts, style: NumberStyle) -> Span:
    """Return the span of a fact's number, or of what is missing in its place."""
    if fact is None:
        return Span("【原有数据已不存在，请改写】", None, "missing")
    if not fact.known:
        ask = "请填写：" if fact.kind == "text" else ""
        return Span(f"【{ask}{fact.short or fact.label}】", fact_id, "missing")
    return Span(facts.written(fact_id, style), fact_id, "live")


def word_span(fact: Fact | None, fact_id: str, word: str) -> Span:
    """Return the span of a word that tells the sign of a fact; both words to choose from when it cannot be stated."""
    if fact is None:
        return Span(word)
    if not fact.known and word in SIGN_WORDS:
        return Span(f"【{turned(word, 1)}或{turned(word, -1)}】", fact_id, "missing")
    return Span(turned(word, sign_of(fact)), fact_id, "live")


def settle(text: str, facts: Facts) -> str:
    """Return a text with placeholders whose sign words and clauses suit the facts as they are now."""
    return _CLAUSE.sub(lambda found: _clause(found, facts), text)


def _clause(found: re.Match[str], facts: Facts) -> str:
    fact, word = facts.find(found["id"]), found["word"]
    if fact is None or not fact.known or word not in SIGN_WORDS:
        return found[0]
    sign = sign_of(fact)
    if sign == 0:
        return holder(fact.id, turned(word, 0))
    if word in SAME and not found["number"]:
        return _opened(word, fact, facts)
    rate = facts.find(found["rated"]) if found["rated"] else None
    tail = "" if rate is None or not rate.known else _turned_rate(found["rate"], facts)
    if rate is None and found["rate"]:
        tail = found["rate"]
    return holder(fact.id, turned(word, sign)) + (found["number"] or "") + tail


def _turned_rate(text: str, facts: Facts) -> str:
    for start, end, fact_id, word in holders(text):
        fact = facts.find(fact_id)
        if word and fact is not None:
            return text[:start] + holder(fact_id, turned(word, sign_of(fact))) + text[end:]
    return text


def _opened(word: str, fact: Fact, facts: Facts) -> str:
    """Return the clause that takes the place of 持平 when there is a change after all."""
    clause = holder(fact.id, turned(word, sign_of(fact)))
    if word == "等于":
        return clause
    return clause + change_tail(fact, facts, "万元")


def change_tail(fact: Fact, facts: Facts, unit: str) -> str:
    """Return what follows the word in a change: 5万元，增长10%."""
    text = holder(fact.id) + unit
    stem, _, end = fact.id.rpartition(".")
    rate_id = f"{stem}.{'gap_rate' if end == 'gap' else 'rate'}"
    rate = facts.find(rate_id)
    # Without a rate while the change itself is known: last year was zero.
    if rate is None or rate_id == fact.id or (fact.known and not rate.known):
        return text
    return f"{text}，{holder(rate_id, '增长')}{holder(rate_id)}"


# ── last year's text → this year's ──────────────────────────────────────────────────────────────────────────────────
def carry(text: str, facts: Facts) -> str:
    """Return last year's text for this year: words that tell the sign of a bound change become placeholders as well.

    ``text`` holds placeholders for the numbers that were recognised in it. A word is bound when it stands directly
    before a change, a rate or a gap, before 的主要原因 after such a number in the same sentence, or when it says 持平
    of a number in the same sentence. Years (2023年度, 截至2023年12月31日, 与2022年度相比) follow the report's year.
    Reasons of changes are last year's: their words are marked like numbers without a fact, for the accountant to read.
    """
    year, open_reason = facts.report.year, False
    pieces = []
    for sentence in _SENTENCE.findall(_bind_years(clean(text), year)):
        bound = _carry_sentence(sentence, facts)
        at = 0 if open_reason and _FURTHER.match(sentence) else _reason_at(bound)
        open_reason = at is not None and not sentence.endswith("\n")
        pieces.append(bound if at is None else bound[:at] + _marked_words(bound[at:]))
    return "".join(pieces)


def reasons_in(text: str) -> int:
    """Return how many pieces of last year's reasons a carried text has, still to be read."""
    return sum(1 for _, _, fact, words in holders(text) if fact == "?" and is_words(words))


def is_words(unbound: str) -> bool:
    """Tell whether an unbound piece is words of a reason rather than a number (12人, 3.5%)."""
    return _HANZI.search(unbound) is not None


def _reason_at(sentence: str) -> int | None:
    """Return where the reason of a change begins in a carried sentence, None where none is told."""
    found = _REASON.search(sentence)
    if found is not None:
        return found.end()
    for found in _BECAUSE.finditer(sentence):
        told = [f for _, _, f, _ in holders(sentence[: found.start()]) if f.endswith(TURNING)]
        if told:
            return found.end()
    return None


def _marked_words(text: str) -> str:
    """Return a reason with its words marked, punctuation at the ends and placeholders left as they are."""
    pieces, at = [], 0
    for start, end, _, _ in [*holders(text), (len(text), len(text), "", "")]:
        words = text[at:start]
        core = words.strip(_EDGES)
        marked = words.replace(core, f"{OPEN}?{core}{CLOSE}", 1) if _HANZI.search(core) else words
        pieces += [marked, text[start:end]]
        at = end
    return "".join(pieces)


def _bind_years(text: str, year: int) -> str:
    for old, fact in ((year - 1, "year"), (year - 2, "year.last")):
        text = re.sub(rf"(?<![\d⟦]){old}(?=\s*年度)", holder(fact), text)
        text = re.sub(rf"(?<=截至){old}(?=\s*年\s*12\s*月\s*31\s*日)", holder(fact), text)
        text = re.sub(rf"(?<=截至 ){old}(?=\s*年\s*12\s*月\s*31\s*日)", holder(fact), text)
        text = re.sub(rf"(?<=[与比较]){old}(?=\s*年(?:相比|决算|[增减持下]))", holder(fact), text)
    return text


def _carry_sentence(sentence: str, facts: Facts) -> str:
    bound = _WORD_BEFORE.sub(_bind_before, sentence)
    bound = _bind_after(_WORD_OF_REASON, bound, facts, _reason_fact)
    return _bind_after(_SAME_WORD, bound, facts, lambda stem, _: f"{stem}.change")


def _bind_before(found: re.Match[str]) -> str:
    if not found["id"].endswith(TURNING):
        return found[0]
    return f"{holder(found['id'], found['word'])}{found['gap']}{holder(found['id'])}"


def _reason_fact(stem: str, found: re.Match[str]) -> str:
    return f"{stem}.gap" if "预算" in found["rest"] else f"{stem}.change"


def _bind_after(pattern: re.Pattern[str], text: str, facts: Facts, fact_of: _FactOf) -> str:
    """Bind a word to the fact that was spoken of last before it in the sentence."""

    def replace(found: re.Match[str]) -> str:
        stem = _last_stem(text[: found.start()])
        fact_id = fact_of(stem, found)
        if not stem or fact_id not in facts:
            return found[0]
        groups = found.groupdict()
        return (groups.get("before") or "") + holder(fact_id, found["word"]) + (groups.get("rest") or "")

    return pattern.sub(replace, text)


def _last_stem(text: str) -> str:
    """Return the fact that the last placeholder is about, without .change, .completion and the like."""
    last = ""
    for _, _, fact_id, _ in holders(text):
        if fact_id not in ("?", "year", "year.last"):
            last = fact_id
    for end in (*TURNING, ".completion", ".budget", ".last", ".share"):
        if last.endswith(end):
            return last.removesuffix(end)
    return last


__all__ = [
    "CLOSE",
    "OPEN",
    "carry",
    "change_tail",
    "facts_in",
    "from_editable",
    "is_words",
    "number_span",
    "reasons_in",
    "settle",
]
