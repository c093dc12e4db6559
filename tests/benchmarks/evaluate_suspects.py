"""Measures the search for wrong cells on reports with planted slips.

Run with ``python -m tests.benchmarks.evaluate_suspects [reports] [--rows N] [--processes N] [--only NAME …] [--show N]
[--kept 万元|元]``; prints one line per kind of slip.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.benchmarks.suspect_trials import NAMES, Tally, all_trials
from tests.benchmarks.trial_reports import SOURCES
from tests.planting import KINDS, SINGLE


def trial(source: str, rows: int, only: Sequence[str], seed: int) -> dict[str, Tally]:
    """Return what came of all slips, or those named, in the report of a seed."""
    return all_trials(SOURCES[source](seed, rows), seed, only)


def line(name: str, tally: Tally) -> str:
    """Return the figures of one kind of slip in one line."""
    if not tally.cases:
        return f"{name:13} none"
    ms = sorted(tally.milliseconds) or [0.0]
    share = f"{tally.first}/{tally.determined}"
    share += f" {100 * tally.first / tally.determined:.1f} %" if tally.determined else ""
    return (
        f"{name:13} seen {tally.cases:5} unseen {tally.unseen:4} | determined, first: {share:18} value {tally.exact:5}"
        f" | choices {tally.choices:5} said {tally.said:5} in three {tally.third:5}"
        f" | ms median {ms[len(ms) // 2]:.1f} worst {ms[-1]:.1f}"
    )


def total(found: dict[str, Tally], names: Iterable[str]) -> Tally:
    """Return the counts of several kinds together."""
    result = Tally()
    for name in names:
        result.add(found[name])
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=int, nargs="?", default=200)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=NAMES, choices=NAMES, metavar="NAME")
    parser.add_argument("--show", type=int, default=4, help="missed cases to print for each kind")
    parser.add_argument("--source", choices=SOURCES, default="published")
    given = parser.parse_args(arguments)
    found = {name: Tally() for name in NAMES}
    work = partial(trial, given.source, given.rows, given.only)
    with ProcessPoolExecutor(given.processes) as pool:
        for result in pool.map(work, range(given.reports), chunksize=5):
            for name, tally in result.items():
                found[name].add(tally)
    print(f"clean reports with suspects: {found['clean'].first} of {found['clean'].cases}")
    for name in given.only:
        if name not in ("clean", "two"):
            print(line(name, found[name]), *found[name].missed[: given.show], sep="\n    ")
    print(line("all", total(found, KINDS)))
    print(line("06 all", total(found, [f"06 {kind}" for kind in SINGLE])))
    print(line("two", found["two"]), *found["two"].missed[:12], sep="\n    ")


if __name__ == "__main__":
    main()
