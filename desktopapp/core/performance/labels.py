"""Figures that are names, not quantities: dates in running text, ages, telephone numbers, models, list marks.

A statement such as "建成5G基站90个" or "截至12月底共开展4次" holds two figures, of which one can be divided. What is
taken away here is never the quantity: it is a date with a word that says so, or a figure grown into a noun.
"""

from __future__ import annotations

import re
from typing import Final

from desktopapp.core.performance.units import UNITS

_YEAR: Final = r"(?:19|20)\d\d年(?:度)?"
_MONTH_DAY: Final = r"\d{1,2}月(?:\d{1,2}[日号]|份)?(?:底|末|初|上旬|中旬|下旬)?"
_LABELS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # A stretch or a point of time that the statement is about.
        rf"(?:{_YEAR})?\d{{1,2}}月?(?:至|到|-|~)\d{{1,2}}月(?:份)?",
        rf"(?:截至|截止到?|自)(?:{_YEAR})?(?:{_MONTH_DAY})?(?:起)?,?",
        rf"(?<![较比与同]){_YEAR}(?:{_MONTH_DAY})?(?:以来|期间)?,?",
        # Ages, hotlines, items of a document.
        r"\d{1,3}(?:(?:周?岁)?(?:至|到|-|~)\d{1,3})?周?岁(?:\(含\))?(?:及?以[上下])?(?:的)?",
        r"1\d{2,4}(?=热线|平台|政务|市民|服务热线|指挥|急救|电话)",
        r"第\d{1,3}(?=批|届|期|轮|号|条|款|次全)",
    )
)
#: "5G基站", "4A级景区", "10kV线路": figure and Latin letters that go on in Chinese; a unit of measure is none of these.
_MODEL: Final = re.compile(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?([A-Za-z]{1,3})(级)?(?=[\u4e00-\u9fff])")
_LIST_MARK: Final = re.compile(r"^(?:\(?\d{1,2}[、)]|\d{1,2}\.(?!\d))(?=[^\d])")
_TWO_MARKS: Final = re.compile(r"(?:^|[;,。:\n ])\(?\d{1,2}[、.)](?!\d).*[;,。:\n ]\(?\d{1,2}[、.)](?!\d)")
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")


def without_labels(folded: str) -> str:
    """Return a folded statement without figures that are names, if one other figure is left; else as it is."""
    plain = _LIST_MARK.sub("", folded) if not _TWO_MARKS.search(folded) else folded
    if len(_FIGURE.findall(plain)) < 2:
        return plain if _FIGURE.search(plain) else folded
    for label in _LABELS:
        plain = label.sub("", plain)
    plain = _MODEL.sub(_unless_unit, plain)
    return plain if len(_FIGURE.findall(plain)) == 1 else folded


def without_name(folded: str, name: str) -> str:
    """Return a folded target or actual without the indicator's (folded) name before it, if a figure follows.

    The name may hold figures of its own: "12345热线办结率≥95%".
    """
    rest = folded[len(name) :]
    return rest if len(name) > 1 and folded.startswith(name) and _FIGURE.search(rest) else folded


def _unless_unit(found: re.Match[str]) -> str:
    is_unit = not found[2] and found[1] in UNITS
    return found.group() if is_unit else ""
