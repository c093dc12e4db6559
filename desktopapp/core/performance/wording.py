"""How targets and actuals are worded: one spelling for every sign, and phrases that tell an outcome.

Nothing here knows an indicator; the phrases are those with which any office writes that something is or is not done.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import Final

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("≧⩾≽≮", "≥"),
        **dict.fromkeys("≦⩽≼≯", "≤"),
        **dict.fromkeys("﹥〉", ">"),
        **dict.fromkeys("﹤〈", "<"),
        **dict.fromkeys("−‐‑‒–—―﹣", "-"),
        **dict.fromkeys("∼～〜˜", "~"),
        **dict.fromkeys("﹪℅٪", "%"),
        **dict.fromkeys("×✕✖∗＊*", "×"),
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("【〔﹙〖", "("),
        **dict.fromkeys("】〕﹚〗", ")"),
        **dict.fromkeys("“”\"'‘’「」『』《》", None),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None),
    }
)
_LATEX: Final = (
    (re.compile(r"\\geq?(slant)?(?![a-z])"), "≥"),
    (re.compile(r"\\leq?(slant)?(?![a-z])"), "≤"),
    (re.compile(r"\\sim(?![a-z])"), "~"),
    (re.compile(r"\\times(?![a-z])"), "×"),
    (re.compile(r"&ge;"), "≥"),
    (re.compile(r"&le;"), "≤"),
    (re.compile(r"&gt;"), ">"),
    (re.compile(r"&lt;"), "<"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"(?<=\d)\.\s*(?=[%‰])"), ""),
    (re.compile(r"\\(?=[%$&#{}])|\$"), ""),
)
_TWO_CHARACTER_SIGNS: Final = (
    (re.compile(r">\s*=|=\s*>|≥\s*="), "≥"),
    (re.compile(r"<\s*=|=\s*<|≤\s*="), "≤"),
    (re.compile(r"=\s*="), "="),
)
# A circled number is a list mark, and NFKC would turn it into a figure.
_LIST_MARKS: Final = re.compile("[\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]")
_SPACED_POINT: Final = re.compile(r"(?<=\d)\s*([.,])\s*(?=\d)")
_NUMBERED: Final = re.compile(r"^\s*(\d)\.\s+(?=\d)")
_SCIENTIFIC: Final = re.compile(r"(?<![\d.A-Za-z])(\d(?:\.\d{1,15})?)[eE]\+(\d{1,2})(?!\d)")
_BRACKETED_FIGURE: Final = re.compile(r"(?<=[≥≤><=])\((\d+(?:\.\d+)?%?)\)")
_GROUPED: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?![\d,])")
_SPACE: Final = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_ENDING: Final = ".,;:。、!"


def fold(text: str) -> str:
    """Return the text in one spelling: narrow characters, one sign per comparison, no blanks, no thousand separators.

    Blanks stay only between two figures that are not groups of one number. Brackets stay, in their narrow form.
    """
    text = _LIST_MARKS.sub(" ", text.translate(_SIGNS))
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    for pattern, sign in (*_LATEX, *_TWO_CHARACTER_SIGNS):
        text = pattern.sub(sign, text)
    text = re.sub(r"\s+", " ", text)
    # "1. 95%" is a numbered line, "94. 48" a number that was torn apart.
    text = _SPACED_POINT.sub(r"\1", _NUMBERED.sub(r"\1; ", text))
    text = _GROUPED.sub(lambda found: re.sub("[, ]", "", found.group()), text)
    text = _SCIENTIFIC.sub(_plain_number, text)
    return _BRACKETED_FIGURE.sub(r"\1", _SPACE.sub("", text))


def _plain_number(found: re.Match[str]) -> str:
    """Write 1.2E+04, as spreadsheets save large numbers, as 12000."""
    number = Decimal(found[1]).scaleb(int(found[2]))
    return f"{number:f}"


def without_brackets(folded: str) -> tuple[str, tuple[str, ...]]:
    """Return a folded text without its bracketed parts, and those parts without their brackets.

    A bracket that is never closed runs to the end. A text that is nothing but one bracket counts as its content.
    """
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for character in folded:
        if character in "([":
            depth += 1
            if depth == 1:
                inside.append("")
        elif character in ")]" and depth:
            depth -= 1
        elif depth:
            inside[-1] += character
        else:
            outside.append(character)
    plain = "".join(outside).strip().rstrip(_ENDING)
    if not plain and len(inside) == 1:
        return inside[0].strip().rstrip(_ENDING), ()
    return plain, tuple(inside)


def bare_words(text: str) -> str:
    """Return only the letters and figures of a text, narrow: what two spellings of one name have in common."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


class Outcome(StrEnum):
    """What a worded result says about a qualitative target."""

    FULL = "达成预期"
    PART = "部分达成"
    NONE = "未达成"
    UNKNOWN = ""


_DONE: Final = re.compile(
    r"(已经?|全部|全面|均|都|按期|按时|如期|及时|按要求|按计划|圆满|顺利|超额|较好)*+"
    r"(完成|达成|达到|实现|达标)(了)?(预期|年度|年初|绩效|既定|设定|目标|指标|任务|要求|效果|计划|值)*+"
)
_PARTLY: Final = re.compile(r"(部分|基本|大部分|初步)(已)?(达成|完成|实现|达到|达标)")
_UNDONE: Final = re.compile(
    r"(未|没有|尚未|未能|没能|暂未|并未|还未|未予)(按时|按期|如期|及时|全部|有效|实际|正式|全面|组织)*"
    r"(启动|开展|完成|实施|举办|组织|进行|执行|达成|达到|达标|实现|建成|落实|使用|开工|验收|支付|采购|开通|交易|评价|调查|统计)"
    r"|未达|无法(开展|完成|实施|评价|统计)|(已|均已)(划转|移交|取消|终止|停止)|(暂停|取消|终止|停止)(了)?(开展|实施|执行|举办)"
)


def says_done(text: str) -> bool:
    """Return whether the whole text, brackets aside, says nothing but that the target is reached."""
    plain, _ = without_brackets(fold(text))
    return _DONE.fullmatch(bare_words(plain)) is not None


def says_undone(text: str) -> bool:
    """Return whether the text says that the work was not begun, not finished or handed to another office."""
    return _UNDONE.search(bare_words(text)) is not None


def outcome(target: str, actual: str) -> Outcome:
    """Return the outcome that a worded actual states for a worded target; UNKNOWN leaves it to a person."""
    wanted, got = bare_words(target), bare_words(actual)
    if not got:
        return Outcome.UNKNOWN
    if got == wanted or got.removeprefix("已") == wanted:
        return Outcome.FULL
    if _PARTLY.match(got):
        return Outcome.PART
    if says_undone(actual):
        return Outcome.NONE
    return Outcome.FULL if says_done(actual) else Outcome.UNKNOWN
