"""The words right before a number: what they call it, of which year, and whether they speak of budget or outturn."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Brackets that belong to a name; any other bracket ends the words.
_OWN_BRACKET = r"[（(](?:境|护|室|市|区|县|更新|类|款|项|含[^（）()，。；]{0,14}|不含[^（）()，。；]{0,10}|包干)[)）]"
_WORDS = re.compile(rf"(?:[一-龥“”\"《》·]|{_OWN_BRACKET})*$")
_JOINED = (("收、支", "收支"), ("收入总计、支出总计", "收支总计"), ("收入、支出", "收入支出"), ("收支支出", "收支"))
_LINKS = re.compile(
    r"(?:(?:均|都|各|分别|共|共计|一共|总共|约|仅|实际)?(?:为|是|达到|达)|分别|共计|一共|总共|仅|均|各|约)[：:]?$"
)
_BUDGET = re.compile(
    r"(?P<which>年初|全年|调整后?|当年|本年|年度)?(?:的|支出|收入)*(?:安排)?(?<!公共)(?<!基金)(?<!经营)预算(?:数|金额|安排)?(?:总额|总计|合计|总数)?$"
)
_OUTTURN = re.compile(
    r"(?:本年|全年)?(?:的)?(?:支出|收入)?决算(?:数|总额|总数|金额|支出)?$|(?:全年|实际)?执行(?:数|金额)$|实际(?:支出|执行)(?:数|金额)?$"
)
_LEAD = re.compile(r"^(?:其中|包括|实际支出(?=.)|实际(?=.)|另有|另|即|和|及|以及|全年|本年度|当年|年度|的)+")
#: What may stand before a label without changing what it means: who, and which year.
_WHOSE = re.compile(
    r"^(?:其中|包括|全年|本年度?|当年|年度?|[我本该]?(?:单位|部门|[局委办院厅校镇乡处馆所])|全[局委办院厅校镇乡]|各单位"
    r"|[一-龥“”]{2,24}?(?:局|委|委员会|厅|部|院|中心|办|办公室|会|处|所|站|队|支队|大队|校|学校|中学|小学|幼儿园|馆|单位|部门|街道"
    r"|街道办事处|镇|乡|政府|公司|法院|检察院|园|台|社|联合会|医院))(?:的|共)?$"
)
#: One unit among several: its amounts are not those of the report.
_ONE_OF_MANY = re.compile(r"(?:本级|机关|下属|所属|二级)[一-龥]{0,6}$")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands before a number.

    ``label`` is the bare name ("" where only 支出决算为 or the like stands there), ``aspect`` is "outturn", "budget",
    "initial" (年初预算) or "" where nothing tells, ``year`` the year named (0 for none), ``code`` a functional code
    right before the label.
    """

    label: str
    aspect: str
    year: int
    code: str = ""


def squeeze(text: str) -> str:
    """Return text without blanks, with the pairs that a comma-like mark holds together written as one word."""
    plain = re.sub(r"\s", "", text)
    for mark, word in _JOINED:
        plain = plain.replace(mark, word)
    return plain


def bare(label: str) -> str:
    """Return a label as labels are compared: quotes and the kind of bracket do not matter."""
    return re.sub(r"[“”\"]", "", label).replace("（", "(").replace("）", ")")


def words_before(before: str) -> Words:
    """Return the words at the end of a text that ends where a number begins (already squeezed)."""
    found = _WORDS.search(before)
    words = found.group() if found else ""
    ahead = before[: len(before) - len(words)]
    year, code = 0, ""
    m = re.search(r"(20\d\d)$", ahead)
    if m and words.startswith("年"):
        year, words = int(m.group(1)), re.sub(r"^年(?:度|末|底)?", "", words)
    m = re.search(r"(?<!\d)(2\d{6})[-—－_.、]?$", ahead)
    if m:
        code = m.group(1)
    words = _LINKS.sub("", words)
    aspect = ""
    m = _BUDGET.search(words)
    if m:
        aspect, words = ("initial" if m["which"] == "年初" else "budget"), words[: m.start()]
    elif o := _OUTTURN.search(words):
        aspect, words = "outturn", words[: o.start()]
    label = _LEAD.sub("", _LINKS.sub("", words))
    if not label and year and aspect:
        # “教育支出”（类）2023年度决算, 公务接待费2023年决算数: the name stands before the year.
        named_before = _WORDS.search(ahead[:-4])
        label = _LEAD.sub("", named_before.group()) if named_before else ""
    return Words(label, aspect, year, code)


def named(label: str, name: str) -> bool:
    """Tell whether a label is a name, alone or behind words that only say whose it is."""
    if label == name:
        return True
    if not label.endswith(name):
        return False
    ahead = label[: -len(name)]
    if ahead == "机关的":
        # What is left of a department's name that ends with a bracket: …局（…监督管理局）机关的机关运行经费支出.
        return True
    return _WHOSE.match(ahead) is not None and not _ONE_OF_MANY.search(ahead.rstrip("的共"))
