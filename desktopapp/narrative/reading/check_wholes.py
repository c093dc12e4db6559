"""Wholes and parts: amounts behind 其中, people and units by kind, parts that must make up a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import bare
from desktopapp.narrative.reading.mentions import Mention, mentions, show, total
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.told import Told

#: A list that lacks less than this share of its whole was meant to be complete.
_NEARLY = Fraction(1, 20)
_NESTED = re.compile(r"[（(][^（）()]*[)）]")
_PEOPLE = re.compile(
    r"(?P<label>编制(?:总)?(?:人)?数?|在职(?:实有|在编)?(?:总)?(?:人数|人员)?|实有(?:总)?(?:人数|人员)|人员(?:总数|合计))(?:为|共|共有|共计)?"
    r"(?P<n>\d+)[人名个][，,（(]?(?:其中|包括)[：:，,]?(?P<parts>[^。；;）)]+)"
)
_UNITS = re.compile(
    r"(?P<label>(?:预算)?单位(?:共|共有|共计|有)?)(?P<n>\d+)个[，,（(]?(?:其中|包括)[：:，,]?(?P<parts>[^。；;）)]+)"
)


def check_partitions(context: Context) -> Iterator[Finding]:
    """Yield totals whose parts, told in the same section, add up to something else."""
    for partition in context.book.partitions:
        for passage in dict.fromkeys(p for _, p in context.named.get(partition.fact, [])):
            whole = next(m for m, p in context.named[partition.fact] if p is passage)
            parts = {f: m for f in partition.parts if (m := _first(context, f, passage)) is not None}
            if not parts and re.search("[：:]$", passage.text.rstrip()):
                parts = _below(context, partition.fact, partition.parts, passage)
            if not all(n in parts for n in partition.needs) or not whole.value:
                # A total that its form leaves blank is a finding of the form.
                continue
            added = total(m.value for m in parts.values())
            if any(_first(context, f, passage) is not None for f in partition.unless):
                continue
            if abs(added - whole.value) > Fraction(len(parts) + 1, 200):
                names = "、".join(context.facts.get(f).label for f in parts)
                yield text_finding(
                    passage, "parts", Severity.ERROR,
                    f"{names}之和 {show(added)} 万元与合计 {whole.text.strip()} 不一致，请核对。",
                    f"{show(added)} 万元", whole.text.strip(), whole.text,
                )  # fmt: skip


def _below(context: Context, whole: str, facts: Sequence[str], passage: Passage) -> dict[str, Mention]:
    """Return the parts told one a paragraph below a whole that ends with 其中：, up to where it is told again."""
    found: dict[str, Mention] = {}
    at = next(i for i, p in enumerate(context.passages) if p is passage)
    for other in context.passages[at + 1 : at + 1 + 2 * len(facts)]:
        if other.section != passage.section or _first(context, whole, other) is not None:
            break
        for fact in facts:
            mention = _first(context, fact, other)
            if mention is not None:
                found.setdefault(fact, mention)
    return found


def _first(context: Context, fact: str, passage: Passage) -> Mention | None:
    """Return the first amount above zero or not that a passage gives to a fact."""
    return next((m for m, p in context.named.get(fact, ()) if p is passage), None)


def check_within(context: Context) -> Iterator[Finding]:
    """Yield parts behind 其中 that are more than their whole."""
    groups: dict[int, list[Told]] = {}
    for told in context.told:
        groups.setdefault(id(told.sentence.passage), []).append(told)
    for told_here in groups.values():
        for at, whole in enumerate(told_here[:-1]):
            if _is_whole(whole) and not _divided(context, whole):
                parts = _parts(whole, told_here[at + 1 :])
                added = total(p.mention.value for p in parts)
                if _is_split(context, parts) and abs(added - whole.mention.value) > Fraction(len(parts) + 1, 200):
                    yield text_finding(
                        whole.sentence.passage, "parts", Severity.ERROR,
                        f"{'、'.join(p.label for p in parts)}之和 {show(added)} 万元"
                        f"与{whole.label} {whole.mention.text.strip()}不一致，请核对。",
                        f"{show(added)} 万元", whole.mention.text.strip(), whole.quote,
                    )  # fmt: skip
                elif parts and added - whole.mention.value > Fraction(len(parts) + 1, 200):
                    yield text_finding(
                        whole.sentence.passage, "within", Severity.ERROR,
                        f"“其中”所列 {len(parts)} 项之和 {show(added)} 万元，大于{whole.label or '总数'} "
                        f"{whole.mention.text.strip()}，请核对。",
                        f"≤{whole.mention.text.strip()}", f"{show(added)} 万元", whole.quote,
                    )  # fmt: skip


def _is_split(context: Context, parts: Sequence[Told]) -> bool:
    """Tell whether a list is of the two parts that whatever consists of them consists of."""
    labels = [bare(p.label) for p in parts]
    return any(
        len(labels) == len(split) and all(any(label in names for label in labels) for names in split)
        for split in context.book.splits
    )


def _divided(context: Context, whole: Told) -> bool:
    """Tell whether all parts of a whole are told beside it, so that their sum is checked already."""
    fact, passage = whole.meaning.fact, whole.sentence.passage
    return any(
        p.fact == fact
        and all(_first(context, f, passage) is not None for f in p.needs)
        and not any(_first(context, f, passage) is not None for f in p.unless)
        for p in context.book.partitions
    )


def _is_whole(told: Told) -> bool:
    if told.aspect not in ("", "outturn") or told.mention.kind != "amount" or not told.label:
        return False
    behind = told.sentence.text[told.mention.end :]
    return re.match(r"\s*[，,（(；]?\s*(?:占[^，。；]{0,30}%\s*[，,]\s*)?其中", behind) is not None


def _parts(whole: Told, rest: Sequence[Told]) -> list[Told]:
    """Return the amounts of the list behind 其中, up to the end of the sentence or the next 其中."""
    text = whole.sentence.text
    start = text.find("其中", whole.mention.end)
    end = text.find("其中", start + 2)
    end = len(text) if end < 0 else end
    depth = whole.depth + (text[whole.mention.end : start].count("(") - text[whole.mention.end : start].count(")"))
    found = []
    for told in rest:
        if told.sentence.text != text or told.mention.start > end or told.depth < depth:
            break
        if told.depth > depth or told.mention.kind != "amount":
            continue
        if told.aspect not in ("", "outturn") or not told.label or re.search(r"[比较与]", told.label[:1]):
            break
        found.append(told)
    return found


_SPENT_ON = re.compile(
    r"项目支出(?:\s*\d[\d,.]*\s*万元)?[^。；\d]{0,10}(?:主要)?(?:用于|包括|是)[：:]?(?P<list>[^。；]+)"
)


def check_project_list(context: Context) -> Iterator[Finding]:
    """Yield projects listed with amounts that are more than project expenditure, or nearly but not quite all of it."""
    whole = context.amount("05.project") or next((m.value for m in context.stated("05.project")), None)
    for passage in (p for p in context.passages if p.section == "general" and whole):
        for m in _SPENT_ON.finditer(passage.text):
            listed = re.split(r"主要成效|其中", m["list"])[0]
            parts = [n.value for n in mentions(listed) if n.kind == "amount"]
            added = total(parts)
            gap, allowed = added - (whole or 0), Fraction(len(parts) + 1, 200)
            if len(parts) > 1 and (gap > allowed or -_NEARLY * added < gap < -allowed):
                yield text_finding(
                    passage, "project_list", Severity.ERROR if gap > 0 else Severity.WARNING,
                    f"所列 {len(parts)} 个项目之和 {show(added)} 万元，"
                    f"与项目支出 {show(whole or Fraction())} 万元相差 {show(abs(gap))} 万元，请核对。",
                    f"{show(whole or Fraction())} 万元", f"{show(added)} 万元", m.group()[:40],
                )  # fmt: skip


def check_people(context: Context) -> Iterator[Finding]:
    """Yield numbers of people or units whose kinds do not add up."""
    for passage in context.passages:
        if passage.part == 2 or passage.section in ("performance", "three_public") or "其中" not in passage.text:
            continue
        text = re.sub(r"\s", "", passage.text)
        flat = _NESTED.sub("", text) if re.search(r"[（(]其中", text) is None else text
        for pattern in (_PEOPLE, _UNITS):
            for m in pattern.finditer(flat):
                yield from _kinds(passage, m)


def _kinds(passage: Passage, m: re.Match[str]) -> Iterator[Finding]:
    listed = re.split(r"其中", m["parts"])[0]
    parts = [int(n) for n in re.findall(r"[一-龥](\d+)[人名个]", listed)]
    added, whole = sum(parts), int(m["n"])
    if len(parts) < 2 or added == whole or listed.rstrip().endswith("等"):
        return
    unit = "个" if m.re is _UNITS else "人"
    yield text_finding(
        passage, "people", Severity.ERROR if added > whole else Severity.WARNING,
        f"{m['label']} {whole} {unit}与“其中”各项之和 {added} {unit}不一致，请核对。",
        f"{added} {unit}", f"{whole} {unit}", m.group()[:40],
    )  # fmt: skip
