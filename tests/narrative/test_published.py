"""Two published reports, typed in: every number of their Part 3 comes out again wherever the published one is right."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.narrative.cases import Case, case, number, numbers, section_text

Number = tuple[Decimal, bool]
SECTIONS = (
    "total",
    "income",
    "expense",
    "fiscal",
    "general",
    "basic",
    "fund",
    "capital",
    "three_public",
    "agency",
    "procurement",
    "assets",
    "performance",
)
#: What our wording states in addition, as report.md asks for: budgets of each kind, comparisons, foreign guests.
MORE = {
    ("000", "three_public"): ["1.76", "0.92"],
    ("001", "three_public"): ["0", "0", "0", "0", "100%"],
}


def expected(found: Case, section: str) -> list[Number]:
    """Return the published numbers with the wrong ones replaced by the right one, or left out."""
    wrong = [w for w in found.wrong if w["section"] == section]
    result = []
    for written in found.published[section]:
        match = next((w for w in wrong if w["number"] == written), None)
        if match is None:
            result.append(number(written))
            continue
        wrong.remove(match)
        if "ours" in match:
            result.append(number(match["ours"]))
    assert wrong == [], "known slips that the published text does not have"
    return result


@pytest.mark.parametrize("name", ["000", "001"])
@pytest.mark.parametrize("section", SECTIONS)
def test_numbers_come_out_as_published(name: str, section: str) -> None:
    """In the same order; what our text states besides is listed above."""
    found = case(name)
    ours = numbers(section_text(found.narrative, section))
    more = list(ours)
    at = 0
    for wanted in expected(found, section):
        assert wanted in ours[at:], f"{wanted} after {ours[:at]}"
        at = ours.index(wanted, at) + 1
        more.remove(wanted)
    assert sorted(more) == sorted(map(number, MORE.get((name, section), [])))


@pytest.mark.parametrize("name", ["000", "001"])
def test_every_number_is_published_or_listed(name: str) -> None:
    """The lists above cover all of Part 3."""
    assert set(case(name).published) == set(SECTIONS)
    assert sum(map(len, case(name).published.values())) > 150
