"""Reads what the first part of a report states: duties, the units included, the offices, the staffing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from desktopapp.narrative.reading.passages import Passage
from desktopapp.readers.selfeval.words import Words

_ITEM = re.compile(
    r"^[#*\-•\s]*(?:[（(]?\d{1,2}[)）]?\s*[.、．)）]?(?!\d)|[（(][一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*"
)
#: How a line of a table of contents ends.
_CONTENTS = re.compile(r"(?:\s?[.．·…]){4,}\s*\d{1,4}$")
_PEOPLE = r"[^，。；\d]{0,6}?(\d{1,6})\s*[人名]"


@dataclass(frozen=True, slots=True)
class Told:
    """A row of an input table that the text states, and where it does."""

    table: str
    row: dict[str, str | int]
    where: str


def read_overview(found: Sequence[Passage], words: Words) -> list[Told]:
    """Return rows for the tables overview, units, offices and staff."""
    told = [p for p in found if p.part == 1 and not _CONTENTS.search(p.text)]
    first = list(_parted_headings(told, words))
    return [
        *_duties(first, words),
        *_units(first, words),
        *_offices(first, words),
        *_staff(first, words),
    ]


def _under(found: Sequence[Passage], words: Sequence[str]) -> list[Passage]:
    """Return the passages under the first heading with one of some words that has any text below it."""
    taken: list[Passage] = []
    opened = ""
    for passage in found:
        level = _level(passage.text)
        heads = passage.is_heading and not (opened == "、" and level == "（")
        if taken and (heads or (opened and level == opened)):
            break
        if heads:
            opened = level if any(w in passage.text for w in words) else ""
        elif opened:
            taken.append(passage)
    return taken


def _level(text: str) -> str:
    """Return how a text is numbered in Chinese: "、" for 一、, "（" for （一）, empty without such a number."""
    m = re.match(r"^[#*\s]*([（(]?)[一二三四五六七八九十]{1,3}[)）、.．]", text)
    return "" if m is None else "（" if m[1] else "、"


def _parted_headings(found: Sequence[Passage], words: Words) -> Iterator[Passage]:
    """Yield passages with headings on their own, which narrow lines had joined to the text below them."""
    known = "|".join(re.escape(w) for key in ("duties", "units", "offices") for w in words.overview[key])
    heading = re.compile(
        rf"^[#*\s]*[（(]?[一二三四五六七八九十]{{1,3}}[)）、.．]\s*[^，。；：]{{0,6}}?(?:{known})(?:设置|情况|构成|概况)*"
    )
    for passage in found:
        m = None if passage.is_heading else heading.match(passage.text)
        if m is None or m.end() == len(passage.text):
            yield passage
        else:
            yield replace(passage, text=m.group(), is_heading=True)
            yield replace(passage, text=passage.text[m.end() :].strip())


def _duties(found: Sequence[Passage], words: Words) -> Iterator[Told]:
    """Yield the duties, one a line; in a numbered list a paragraph without a number goes on with the one before."""
    told = _under(found, words.overview["duties"])
    lines: list[str] = []
    numbered = bool(told) and _ITEM.match(told[0].text) is not None
    for passage in told:
        m = _ITEM.match(passage.text)
        text = passage.text[m.end() if m else 0 :].strip()
        if numbered and m is None and lines:
            lines[-1] += text
        elif text:
            lines.append(text)
    if lines:
        yield Told("overview", {"duties": _wide("\n".join(lines))}, told[0].where)


def _units(found: Sequence[Passage], words: Words) -> Iterator[Told]:
    """Yield the units behind the words that announce their list: on the same line, or one on each line below."""
    listed = words.overview["unit_list"]
    for at, passage in enumerate(found):
        m = re.search(rf"(?:{'|'.join(map(re.escape, listed))})[^：:。]{{0,16}}[：:]", passage.text)
        if m is None:
            continue
        rest = passage.text[m.end() :].strip().rstrip("。")
        below = _list_below(found[at + 1 :])
        names = [(n, passage) for n in _parted(rest)] if rest else [(p.text, p) for p in below]
        for name, place in names:
            yield Told("units", _unit(name, words), place.where)
        return


def _list_below(found: Sequence[Passage]) -> Iterator[Passage]:
    for passage in found:
        if passage.is_heading or len(passage.text) > 60 or "。" in passage.text.rstrip("。") or "，" in passage.text:
            return
        yield passage


def _unit(name: str, words: Words) -> dict[str, str | int]:
    plain = _wide(_ITEM.sub("", name).strip(" ；;。、"))
    row: dict[str, str | int] = {"name": plain}
    without = re.sub(r"（[^（）]*）$", "", plain)
    for kind, endings in words.overview_kinds.items():
        if without.endswith(endings) or any(plain.endswith(f"（{e}）") for e in endings):
            row["kind"] = kind
            break
    return row


def _wide(text: str) -> str:
    """Return a text with the brackets around Chinese words as they are printed."""
    return re.sub(r"\(([^()\n]*[一-龥][^()\n]*)\)", r"（\1）", text)


def _offices(found: Sequence[Passage], words: Words) -> Iterator[Told]:
    listed = "|".join(map(re.escape, words.overview["office_list"]))
    pattern = re.compile(rf"(?:{listed})[^。；]{{0,24}}?(?:[：:]|分别为|包括|即|为)[：:]?\s*(?P<names>[^。；]+)")
    for passage in found:
        m = pattern.search(passage.text)
        if m is None:
            continue
        names = [n for n in _parted(m["names"]) if 1 < len(n) <= 30]
        if len(names) >= 2:
            for name in names:
                yield Told("offices", {"name": _wide(name)}, passage.where)
            return


def _parted(text: str) -> list[str]:
    """Return the names of a list; marks within brackets do not part."""
    names, depth = [""], 0
    for character in text:
        depth += (character in "（(") - (character in ")）")
        if character in "、，,；;" and depth <= 0:
            names.append("")
        else:
            names[-1] += character
    return [n for n in (re.sub(r"^等|等$", "", name.strip(" 。.")) for name in names) if n]


def _staff(found: Sequence[Passage], words: Words) -> Iterator[Told]:
    """Yield authorised and actual numbers of each kind of staff."""
    for passage in found:
        text = re.sub(r"\s", "", passage.text)
        actual = re.search(r"在职|实有", text)
        if "编制" not in text:
            continue
        parts = [("authorised", text[: actual.start()] if actual else text)]
        if actual:
            parts.append(("actual", text[actual.start() :]))
        rows: dict[str, dict[str, str | int]] = {}
        for column, part in parts:
            for key, called in words.overview_staff.items():
                m = re.search(re.escape(called) + _PEOPLE, part)
                if m:
                    rows.setdefault(key, {"key": key})[column] = int(m[1])
        if rows:
            yield from (Told("staff", row, passage.where) for row in rows.values())
            return
