"""The words of a document around its forms: kept with their places, for checks and for carrying them forward."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from desktopapp.narrative.fields import SOURCE_TEXT as SOURCE_TEXT
from desktopapp.narrative.reading.passages import Passage, SourceLine, passages
from desktopapp.readers.sources.model import Block, Paragraph

_OWN_YEAR = re.compile(r"(20\d\d)\s*年度")
_HEAD = re.compile(
    r"^(?P<y1>20\d\d)\s*年度?\s*(?P<n1>\S{4,40}?)\s*(?:部门|单位)?决算|^(?P<n2>[^\s：:]{4,60}?)\s*(?P<y2>20\d\d)\s*年(?!\s*\d{1,2}\s*月)"
)


def source_lines(blocks: Iterable[Block]) -> list[SourceLine]:
    """Return the paragraphs of a document line by line, each with its place in words."""
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            start = block.position.line
            for at, text in enumerate(block.text.split("\n")):
                where = f"第 {start + at} 行" if start is not None else block.position.describe()
                lines.append(SourceLine(text.replace("\t", " "), where))
    return lines


def stored(lines: Sequence[SourceLine]) -> list[list[str]]:
    """Return lines as the field of a report keeps them; blank lines count, they part paragraphs."""
    return [[line.where, line.text] for line in lines]


def restored(field: object) -> list[Passage]:
    """Return the passages of the imported text that a report keeps, empty when it keeps none."""
    if not isinstance(field, list):
        return []
    return passages(SourceLine(str(text), str(where)) for where, text in field)


def explains(found: Sequence[Passage]) -> bool:
    """Tell whether a text explains a final account: several of its sections are there."""
    return len({p.section for p in found if p.section and not p.is_heading}) >= 3


def told_year(lines: Iterable[str]) -> int | None:
    """Return the year that a document most often names as its own (2023年度), None where it names none."""
    votes = Counter(int(year) for line in lines for year in _OWN_YEAR.findall(line))
    return votes.most_common(1)[0][0] if votes else None


def head(found: Sequence[Passage]) -> tuple[str, int | None]:
    """Return department and year as the first lines of a document name them."""
    for passage in found[:12]:
        m = _HEAD.match(passage.text.strip("#* "))
        if m:
            name = (m["n1"] or m["n2"] or "").strip()
            return re.sub(r"^第.部分\s*", "", name), int(m["y1"] or m["y2"])
    return "", _told_year(found)


def _told_year(found: Sequence[Passage]) -> int | None:
    """Return the year of which the explanations mostly tell, years that they compare with left out."""
    text = "\n".join(p.text for p in found if p.section)
    years = Counter(m.group(1) for m in re.finditer(r"(?<![与比较同\d])(?<![与比较同]\s)(20\d\d)\s*年", text))
    return int(years.most_common(1)[0][0]) if years else None
