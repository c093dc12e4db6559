"""Measures controlled rounding on generated exact reports.

Run with ``python -m tests.benchmarks.evaluate_rounding [reports] [--processes N]``. Everything is drawn from the
numbers of the reports; ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.benchmarks.rounding_trials import Tally, trial


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=int, nargs="?", default=100)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args(arguments)
    found = Tally()
    with ProcessPoolExecutor(given.processes) as pool:
        for tally in pool.map(trial, range(given.reports), chunksize=5):
            found.add(tally)
    print(f"{found.reports} reports, {found.amounts} amounts")
    print(f"relations of the year off as published: {found.residuals} (rounded plainly: {found.plain})")
    print(f"inequalities broken by rounding: {found.inequalities}")
    print(f"amounts moved by 0.01 万元 or more: {found.moved}")
    print(f"amounts not rounded half up: {found.departures}")
    print(f"relations with last year's published amounts off: {found.across}, steps of 0.01 needed: {found.needed}")
    print(f"small reports searched exhaustively: {found.small}, with more or larger departures: {found.more}")
    print(*found.failed, sep="\n")
    return int(bool(found.failed or found.moved or found.across > found.needed))


if __name__ == "__main__":
    sys.exit(main())
