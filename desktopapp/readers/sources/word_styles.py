"""Styles and automatic numbering of a Word document: heading levels, and the "一、" that Word writes by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .xmltools import Element, attribute, child, children, int_attribute

_MAX_CHAIN: Final = 20
_MAX_NUMBER: Final = 9_999
_DIGITS: Final = "零一二三四五六七八九"
_BODY_LEVEL: Final = 9


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style with what it inherits: heading level from 1, numbering list and its level."""

    name: str = ""
    level: int | None = None
    list_id: str | None = None
    list_level: int = 0


@dataclass(slots=True)
class _ListLevel:
    start: int = 1
    format: str = "decimal"
    pattern: str = ""


@dataclass(slots=True)
class Numbering:
    """The numbering lists of a document; counts as the document is read from top to bottom."""

    levels: dict[str, dict[int, _ListLevel]] = field(default_factory=dict)
    counted_with: dict[str, str] = field(default_factory=dict)
    counters: dict[tuple[str, int], int] = field(default_factory=dict)

    def next_label(self, list_id: str, level: int) -> str:
        """Count one more paragraph of the list and return its printed label, "" for bullets and unknown lists."""
        levels = self.levels.get(list_id)
        if levels is None or level not in levels:
            return ""
        group = self.counted_with.get(list_id, list_id)
        key = (group, level)
        self.counters[key] = self.counters.get(key, levels[level].start - 1) + 1
        for deeper in range(level + 1, _BODY_LEVEL + 1):
            self.counters.pop((group, deeper), None)
        if levels[level].format in ("bullet", "none"):
            return ""
        label = levels[level].pattern
        for at, upper in levels.items():
            mark = f"%{at + 1}"
            if mark in label:
                number = self.counters.get((group, at), upper.start)
                label = label.replace(mark, format_number(number, upper.format))
        return label


def format_number(number: int, style: str) -> str:
    """Return a list number in one of Word's number formats; unknown formats are decimal."""
    if not 0 < number <= _MAX_NUMBER:
        return str(number)
    if style.startswith(("chinese", "japanese", "ideographDigital", "taiwanese")):
        return _chinese(number)
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    if style.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(0x245F + number)
    if style == "decimalZero":
        return f"{number:02d}"
    return str(number)


def _chinese(number: int) -> str:
    text, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = bool(text)
    return text[1:] if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    marks = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    )
    for value, mark in marks:
        count, number = divmod(number, value)
        text += mark * count
    return text


def value_of(parent: Element | None, name: str) -> str | None:
    """Return the `val` attribute of a direct child, None when there is none."""
    found = child(parent, name) if parent is not None else None
    return attribute(found, "val") if found is not None else None


def outline_level(properties: Element | None) -> int | None:
    """Return the heading level (from 1) that paragraph properties set, None for none; 0 for explicit body text."""
    value = value_of(properties, "outlineLvl")
    if value is None or not value.isdigit():
        return None
    return int(value) + 1 if int(value) < _BODY_LEVEL else 0


def list_of(properties: Element | None) -> tuple[str | None, int | None]:
    """Return the numbering list and level that paragraph properties set."""
    numbering = child(properties, "numPr") if properties is not None else None
    if numbering is None:
        return None, None
    level = value_of(numbering, "ilvl")
    return value_of(numbering, "numId"), int(level) if level is not None and level.isdigit() else None


def read_styles(root: Element | None) -> dict[str, Style]:
    """Return the paragraph styles by their id, inheritance resolved."""
    raw: dict[str, Element] = {}
    for style in children(root, "style") if root is not None else ():
        identifier = attribute(style, "styleId")
        if identifier is not None and attribute(style, "type") in (None, "paragraph"):
            raw[identifier] = style
    return {identifier: _resolve(style, raw) for identifier, style in raw.items()}


def _resolve(style: Element, raw: dict[str, Element]) -> Style:
    name = value_of(style, "name") or ""
    level: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    current: Element | None = style
    for _ in range(_MAX_CHAIN):
        if current is None:
            break
        properties = child(current, "pPr")
        level = _named_level(value_of(current, "name")) if level is None else level
        level = outline_level(properties) if level is None else level
        found_id, found_level = list_of(properties)
        list_id = found_id if list_id is None else list_id
        list_level = found_level if list_level is None else list_level
        current = raw.get(value_of(current, "basedOn") or "")
    return Style(name, level or None, list_id, list_level or 0)


def _named_level(name: str | None) -> int | None:
    """Return the level of a built-in heading style ("heading 2", "标题 2")."""
    words = (name or "").lower().split()
    if len(words) == 2 and words[0] in ("heading", "标题") and words[1].isdigit():
        return min(int(words[1]), _BODY_LEVEL)
    return None


def read_numbering(root: Element | None) -> Numbering:
    """Return the numbering lists; lists that share an abstract definition count together, as Word does."""
    numbering = Numbering()
    if root is None:
        return numbering
    abstract = {attribute(entry, "abstractNumId"): _levels(entry) for entry in children(root, "abstractNum")}
    for entry in children(root, "num"):
        identifier, target = attribute(entry, "numId"), value_of(entry, "abstractNumId")
        if identifier is None or target not in abstract:
            continue
        levels = dict(abstract[target])
        own_start = False
        for override in children(entry, "lvlOverride"):
            at = int_attribute(override, "ilvl", 0)
            replaced = child(override, "lvl")
            if replaced is not None:
                levels[at] = _level(replaced)
            start = value_of(override, "startOverride")
            if start is not None and start.isdigit() and at in levels:
                levels[at] = _ListLevel(int(start), levels[at].format, levels[at].pattern)
                own_start = True
        numbering.levels[identifier] = levels
        numbering.counted_with[identifier] = f"list {identifier}" if own_start else f"abstract {target}"
    return numbering


def _levels(abstract: Element) -> dict[int, _ListLevel]:
    return {int_attribute(entry, "ilvl", 0): _level(entry) for entry in children(abstract, "lvl")}


def _level(entry: Element) -> _ListLevel:
    start = value_of(entry, "start")
    return _ListLevel(
        int(start) if start is not None and start.isdigit() and len(start) < 6 else 1,
        value_of(entry, "numFmt") or "decimal",
        value_of(entry, "lvlText") or "",
    )
