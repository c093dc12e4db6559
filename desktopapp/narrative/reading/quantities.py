"""Tells the quantities of a text from its other digits: dates, numbering, document numbers, limits, parts of names."""

from __future__ import annotations

import re

from desktopapp.narrative.reading.mentions import Mention

_YEAR = re.compile(r"\s*(?:年(?![期度内人份限会])|年度|[-—－~～至]\s*(?:19|20)\d\d\s*年)")
_DAY = re.compile(r"\s*(?:月(?:份|底|末|初)?|日|号)")
_ORDINAL_BEFORE = re.compile(
    r"(?:第|[〔\[（(]\s*(?:19|20)\d\d\s*[〕\])）]\s*(?:第)?|图|表|附件|附表|注|[A-Za-z_\-—－/.〔]|[xX×*]\s*)\s*$"
)
_ORDINAL_AFTER = re.compile(r"\s*(?:[〕\]]|号(?![楼院]|线)|[A-Za-z]{2,}|[A-Z]|[xX×*]\s*\d)")
#: Units written in letters, behind which a number is a quantity all the same.
_LETTERS = re.compile(r"\s*(?:ms|MS|s|h|kg|km|m|cm|mm|t|MB|GB|TB|Mbps|Gbps|KWH|kwh|kW|㎡|m2|m3|L)(?![A-Za-z])")
_NUMBERING = re.compile(r"(?:^|[。；;：:\s])[（(]?\s*$")
_NUMBERING_END = re.compile(r"\s*(?:[)）]|[.、．](?!\d))")
_LIMIT = re.compile(r"\s*(?:万元|元|亿元)?\s*(?:[（(]含[)）])?\s*(?:以上|以下|以内的|及以上|及以下)")
_TITLE = re.compile(r"《[^《》]*$")
_LIST_OF_YEARS = re.compile(r"(?:19|20)\d\d\s*年?\s*[、和与及至到\-—－~～]\s*$")


def is_quantity(text: str, number: Mention) -> bool:
    """Tell whether a number of a text is a quantity, something that may be another next year.

    No quantities are years and days, numbers of lists, documents and figures, limits (100 万元以上), and digits within
    titles of documents and within names (3.0, 7x24, 5G).
    """
    before, after = text[: number.start], text[number.end :]
    digits = re.sub(r"[^\d.]", "", number.text)
    if _TITLE.search(before) or _LIMIT.match(after) or re.search(r"以上|以下$", number.text):
        return False
    if number.unit == "年":
        return re.fullmatch(r"(?:19|20)\d\d", digits) is None and len(digits) <= 2
    if number.unit in ("月", "日"):
        return re.match(r"\s*(?:个|均)", after) is not None
    if number.kind != "plain":
        return not before.endswith("第")
    if _NUMBERING_END.match(after) and _NUMBERING.search(before):
        return False
    if re.search(r"[（(]$", before) and re.match(r"[)）]", after) and len(digits) <= 2:
        # 主要原因是（1）… numbers a list within the sentence.
        return False
    if re.fullmatch(r"(?:19|20)\d\d", digits) and (
        _YEAR.match(after) or _LIST_OF_YEARS.search(before) or not after.strip()
    ):
        return False
    if (
        re.fullmatch(r"\d{5,7}", digits)
        and re.match(r"\s*[-—－]?[一-龥]", after)
        and re.search(r"(?:^|[。；：:\s、])$", before)
    ):
        # A functional code before its name.
        return False
    if _LETTERS.match(after):
        return True
    return not (_DAY.match(after) or _ORDINAL_BEFORE.search(before) or _ORDINAL_AFTER.match(after))
