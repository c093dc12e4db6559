"""The words by which form 09 names its kinds of expenses, wherever they stand: in a header, before a row."""

from __future__ import annotations

import re

#: What the label of a row or column says of its amounts; 年初预算 comes before the one that is published.
HALVES = (("outturn_", re.compile(r"(?:决算|支出|统计)数?$")), ("budget_", re.compile(r"预算数?$")))
_INITIAL = re.compile(r"年初预算数?$")
_ITEMS = (
    ("", re.compile(r"(?:会议费|培训费).*$")),
    ("purchase", re.compile(r"公务用车购置(?:费用?|支出)?$")),
    ("running", re.compile(r"公务用车运行(?:及?维护)?(?:费用?|支出)?$")),
    ("vehicles", re.compile(r"公务用车(?:购置(?:及|和|与)?(?:运行|维护)|费).*$")),
    ("abroad", re.compile(r"因公出国.*$")),
    ("reception", re.compile(r"公务接待(?:费用?|支出)?$")),
    ("total", re.compile(r"(?:合计|总计|小计|三公经费(?:支出)?(?:合计)?)$")),
)


def item_of(label: str) -> str | None:
    """Return the kind of expenses that a folded label ends with, "" for one that is no kind of these, None for others.

    A bare 小计 below 公务用车购置及运行维护费 belongs to it: pass the words above and the word itself joined.
    """
    if re.search(r"公务用车购置(?:及|和|与)?运行.*(?:小计|合计)$", label):
        return "vehicles"
    return next((key for key, pattern in _ITEMS if pattern.search(label)), None)


def half_of(label: str) -> str | None:
    """Return "budget_" or "outturn_" for a folded label that ends so, "" for the initial budget, None for others."""
    if _INITIAL.search(label):
        return ""
    return next((prefix for prefix, pattern in HALVES if pattern.search(label)), None)
