"""Checks of the codes and names of a form against the catalogue of its year."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Literal

from desktopapp.core.catalogue import Catalogue, Entry
from desktopapp.core.catalogue_names import is_cut_off

IssueKind = Literal["unknown", "name", "parent_missing", "duplicate", "order", "malformed"]


@dataclass(frozen=True, slots=True)
class CodeIssue:
    """Something about one code that should be looked at.

    ``position`` is the index of the row in the checked sequence. What ``expected`` and ``found`` hold:

    - unknown: ""; the printed name;
    - name: the catalogue's name; the printed name;
    - parent_missing: the name of the missing code ``code``; the first code below it;
    - duplicate: the name at the first occurrence; the name at this one;
    - order: the code after which this one belongs ("" for the start); the code printed before it;
    - malformed: ""; the text in place of the code.

    ``truncated``: the printed name is the beginning of the expected one, as narrow cells cut it.
    ``suggestion``: a code that has the printed name. ``other_year``: the entry of another year that fits.
    """

    kind: IssueKind
    code: str
    expected: str
    found: str
    position: int
    severity: Literal["warning", "info"] = "warning"
    truncated: bool = False
    suggestion: str = ""
    other_year: Entry | None = None


def check_codes(rows: Sequence[tuple[str, str]], catalogue: Catalogue) -> list[CodeIssue]:
    """Check rows of (code, printed name) in printed order; the issues come in the order of the rows.

    A code that the catalogue of the year lacks is a warning, since new codes appear every year. A differing name
    is a warning where the catalogue's name was read in a published document or comes from the office's own list,
    and information otherwise, as it is for a name cut off by its cell.
    """
    found = issues_at(rows, RowChecks(catalogue))
    return [issue if issue.position == at else replace(issue, position=at) for at, issue in found]


class RowChecks:
    """What is wrong with single rows by (code, name), remembered: forms share most of their rows.

    The ``position`` of an issue is that of the row for which it was found first.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.known: dict[tuple[str, str], CodeIssue | None] = {}

    def look(self, row: tuple[str, str], at: int) -> CodeIssue | None:
        """Return what is wrong with a row that has not been seen before, and remember it."""
        code, name = row
        found: CodeIssue | None = None
        if not self.catalogue.levels.well_formed(code):
            found = CodeIssue("malformed", code, "", code, at)
        elif (entry := self.catalogue.get(code)) is None:
            found = _unknown(at, code, name, self.catalogue)
        elif not entry.accepts(name):
            found = _misnamed(at, entry, name, self.catalogue)
        self.known[row] = found
        return found


def issues_at(rows: Sequence[tuple[str, str]], checks: RowChecks) -> list[tuple[int, CodeIssue]]:
    """Return the issues of rows of (code, printed name) with their positions, in the order of the rows."""
    known, catalogue = checks.known, checks.catalogue
    found: list[tuple[int, CodeIssue]] = []
    bad: set[int] = set()
    for at, row in enumerate(rows):
        issue = known[row] if row in known else checks.look(row, at)
        if issue is not None:
            if issue.kind == "malformed":
                bad.add(at)
                issue = replace(issue, position=at)
            found.append((at, issue))
    formed = [(at, code, name) for at, (code, name) in enumerate(rows) if at not in bad]
    codes = [code for _, code, _ in formed]
    present = set(codes)
    more: list[CodeIssue] = []
    if not _all_above(present, catalogue):
        more += _check_parents(formed, catalogue)
    if len(present) < len(codes):
        more += _check_duplicates(formed)
    if codes != sorted(codes):
        more += _check_order(formed)
    if more:
        found += [(i.position, i) for i in more]
        found.sort(key=itemgetter(0))
    return found


Row = tuple[int, str, str]


def _all_above(present: set[str], catalogue: Catalogue) -> bool:
    """Tell whether every code has all those above it beside it."""
    lengths = catalogue.levels.lengths
    return all({c[:n] for c in present if len(c) > n} <= present for n in lengths)


def _unknown(at: int, code: str, name: str, catalogue: Catalogue) -> CodeIssue:
    others = catalogue.in_other_years(code)
    return CodeIssue(
        "unknown",
        code,
        "",
        name,
        at,
        severity="warning" if catalogue.confirmed else "info",
        suggestion=_code_named(name, code, catalogue),
        other_year=_nearest(others, catalogue.year),
    )


def _misnamed(at: int, entry: Entry, name: str, catalogue: Catalogue) -> CodeIssue:
    # The whole name of a neighbour is that name, even where this one begins so: 对企业补助, 对企业补助（基本建设）.
    suggestion = _code_named(name, entry.code, catalogue)
    truncated = not suggestion and any(is_cut_off(name, n) for n in (entry.name, *entry.synonyms))
    known = entry.evidence == "office" or (entry.evidence == "published" and catalogue.confirmed)
    fitting = [e for e in catalogue.in_other_years(entry.code) if e.accepts(name)]
    return CodeIssue(
        "name",
        entry.code,
        entry.name,
        name,
        at,
        severity="warning" if known and not truncated else "info",
        truncated=truncated,
        suggestion=suggestion,
        other_year=_nearest(fitting, catalogue.year),
    )


def _code_named(name: str, code: str, catalogue: Catalogue) -> str:
    """Return the other code beside ``code`` that alone has the name, or ""."""
    named = [c for c in catalogue.named(name, catalogue.levels.parent(code)) if c != code] if name else []
    return named[0] if len(named) == 1 else ""


def _nearest(entries: Sequence[Entry], year: int) -> Entry | None:
    def distance(entry: Entry) -> int:
        return max((entry.first or year) - year, year - (entry.last or year))

    return min(entries, key=distance, default=None)


def _check_parents(rows: Sequence[Row], catalogue: Catalogue) -> Iterator[CodeIssue]:
    present = {code for _, code, _ in rows}
    for at, code, _ in rows:
        for above in catalogue.levels.ancestors(code):
            if above not in present:
                present.add(above)
                entry = catalogue.get(above)
                yield CodeIssue("parent_missing", above, entry.name if entry else "", code, at)


def _check_duplicates(rows: Sequence[Row]) -> Iterator[CodeIssue]:
    names: dict[str, str] = {}
    for at, code, name in rows:
        if code in names:
            yield CodeIssue("duplicate", code, names[code], name, at)
        else:
            names[code] = name


def _check_order(rows: Sequence[Row]) -> Iterator[CodeIssue]:
    """Tell the fewest rows whose moving puts all into order, so that one stray row is one issue.

    Codes stand in the order of their text: 201, 20101, 2010101, 20102. Repeated codes are left to the duplicates.
    """
    once: dict[str, int] = {}
    for at, code, _ in rows:
        once.setdefault(code, at)
    codes = list(once)
    kept = _longest_ascending(codes)
    if len(kept) == len(codes):
        return
    ascending = [codes[i] for i in sorted(kept)]
    for i, code in enumerate(codes):
        if i not in kept:
            place = bisect_left(ascending, code)
            yield CodeIssue("order", code, ascending[place - 1] if place else "", codes[i - 1] if i else "", once[code])


def _longest_ascending(codes: Sequence[str]) -> set[int]:
    """Return the positions of a longest ascending subsequence, by patience sorting."""
    tops: list[str] = []
    piles: list[int] = []
    before: list[int] = []
    for i, code in enumerate(codes):
        pile = bisect_left(tops, code)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [code]
        piles[pile : pile + 1] = [i]
    kept: set[int] = set()
    at = piles[-1] if piles else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept


def issue_message(issue: CodeIssue, catalogue: Catalogue) -> str:
    """Return the issue as one Chinese sentence: what, where and what to do."""
    match issue.kind:
        case "malformed":
            digits = "、".join(str(n) for n in catalogue.levels.lengths)
            return f"第{issue.position + 1}行的科目编码“{issue.code}”不是{digits}位数字，请改正编码。"
        case "unknown":
            return _unknown_message(issue, catalogue)
        case "name":
            return _name_message(issue)
        case "parent_missing":
            name = f"“{issue.expected}”" if issue.expected else ""
            return f"有科目 {issue.found}，但缺少其上级科目 {issue.code}{name}，请补上这一行。"
        case "duplicate":
            return f"科目 {issue.code} 在第{issue.position + 1}行重复出现，请合并或删除其中一行。"
        case "order":
            place = f"排在 {issue.expected} 之后" if issue.expected else "排在最前"
            return f"科目 {issue.code} 没有按编码顺序排列，应{place}，请调整行的位置。"


def _unknown_message(issue: CodeIssue, catalogue: Catalogue) -> str:
    title = "支出功能分类" if catalogue.kind == "functional" else "支出经济分类"
    text = f"科目编码 {issue.code} 不在{catalogue.year}年{title}科目表中"
    if issue.other_year is not None:
        text += f"（{_period(issue.other_year)}为“{issue.other_year.name}”"
        if issue.other_year.successor in catalogue:
            text += f"，现为 {issue.other_year.successor}"
        text += "）"
    if issue.suggestion:
        return f"{text}，名称“{issue.found}”对应的编码是 {issue.suggestion}，请核对编码。"
    return f"{text}，请核对编码；如是新增科目，可导入财政部门的科目表。"


def _name_message(issue: CodeIssue) -> str:
    if not issue.found.strip():
        return f"科目 {issue.code} 没有名称，应为“{issue.expected}”，请补填。"
    if issue.truncated:
        return f"科目 {issue.code} 的名称“{issue.found}”不完整，全称为“{issue.expected}”，请核对是否被单元格截断。"
    text = f"科目 {issue.code} 的名称应为“{issue.expected}”，表中为“{issue.found}”"
    if issue.other_year is not None:
        text += f"（{_period(issue.other_year)}的名称）"
    if issue.suggestion:
        return f"{text}，这是科目 {issue.suggestion} 的名称，请核对编码和名称。"
    return f"{text}，请核对名称。"


def _period(entry: Entry) -> str:
    if entry.first is not None and entry.last is not None:
        return f"{entry.first}—{entry.last}年" if entry.first != entry.last else f"{entry.first}年"
    if entry.last is not None:
        return f"{entry.last}年及以前"
    return f"{entry.first}年起" if entry.first is not None else "其他年份"
