"""The self-evaluation forms of the published reports: every indicator, every inconsistency."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from desktopapp import jobs
from desktopapp.core.performance.scoring import half_up
from desktopapp.core.performance.selfeval import Indicator
from desktopapp.core.performance.wording import bare_words
from desktopapp.narrative.selfeval_findings import selfeval_findings
from desktopapp.narrative.selfeval_tables import stored_forms

#: What is wrong inside the forms themselves: (form, rule) with its number.
WRONG = {
    "000": Counter[tuple[str, str]](),
    "001": Counter(
        {
            ("武汉市数据局", "selfeval.duplicate"): 1,
            ("武汉市数据局", "selfeval.undone-full"): 2,
            ("智慧城市建设及相关运维经费", "selfeval.total"): 1,
            ("智慧城市建设及相关运维经费", "selfeval.undone-full"): 2,
        }
    ),
}


@pytest.fixture(scope="module", params=["000", "001"])
def imported(request: pytest.FixtureRequest, shared_dir: Path) -> Iterator[tuple[str, jobs.Imported]]:
    (path,) = (shared_dir / "seeds").glob(f"{request.param}_*.txt")
    yield request.param, jobs.import_any(path)


def _key(name: str, target: str, actual: str, weight: str, score: str) -> tuple[str, ...]:
    plain = ["".join(t.split()).translate(str.maketrans("（），", "(),")) for t in (target, actual)]
    return bare_words(name), *plain, _points(weight), _points(score)


def _points(text: str) -> str:
    return str(half_up(Fraction(text) * 100)) if text else ""


def _of(i: Indicator) -> tuple[str, ...]:
    weight, score = ("" if v is None else f"{v // 100}.{v % 100:02d}" for v in (i.weight, i.score))
    return _key(i.name, i.target, i.actual, weight, score)


def test_every_listed_indicator_is_read(imported: tuple[str, jobs.Imported], shared_dir: Path) -> None:
    seed, found = imported
    forms = stored_forms(found.report)
    with (shared_dir / "expected" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["seed"] == seed]
    wanted = Counter(_key(r["indicator"], r["target"], r["actual"], r["weight"], r["score"]) for r in rows)
    got = Counter(_of(i) for f in forms for i in f.indicators)
    assert wanted - got == Counter()
    assert sum(got.values()) == sum(wanted.values())
    if seed == "000":
        levels = {(bare_words(r["indicator"]), r["level1"], r["level2"]) for r in rows}
        assert levels == {(bare_words(i.name), i.level1, i.level2) for f in forms for i in f.indicators}


def test_exactly_the_real_inconsistencies_are_found(imported: tuple[str, jobs.Imported]) -> None:
    seed, found = imported
    names = [f.head.name for f in stored_forms(found.report)]
    got = Counter((names[int(f.where.split("/")[1])], f.rule) for f in selfeval_findings(found.report))
    assert got == WRONG[seed]


def test_the_account_names_every_form_and_leaves_nothing(imported: tuple[str, jobs.Imported]) -> None:
    seed, found = imported
    told = found.account["selfeval"]
    assert [f["indicators"] for f in told] == {"000": [11, 14], "001": [37, 33, 11, 24, 33, 14, 30]}[seed]
    assert all(f["unplaced"] == [] and f["where"] for f in told)
