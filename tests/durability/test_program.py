"""A small sample of what ``tests.benchmarks.durability`` does for long: the real program, killed, starved, robbed.

These tests take seconds each because every one of them starts the program, most of them several times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability import cases
from tests.durability.cases import Bench, new_bench

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and mounts of Linux")


def test_what_was_saved_survives_every_kill(tmp_path: Path) -> None:
    bench = new_bench(tmp_path, 2023)
    for _ in range(3):
        cases.killed(bench)
    cases.left_in_order(bench)
    assert bench.edits >= 3


def test_a_full_disk_takes_nothing_away(tmp_path: Path) -> None:
    if not cases.may_mount():
        pytest.skip("only root may mount a small disk")
    with cases.small_disk(tmp_path / "disk", "3m") as disk:
        cases.no_room(new_bench(tmp_path, 7, disk), disk)


def test_a_limit_on_file_sizes_takes_nothing_away(tmp_path: Path) -> None:
    assert cases.no_room(new_bench(tmp_path, 5))


def test_a_damaged_file_is_found_or_harmless(tmp_path: Path) -> None:
    bench = new_bench(tmp_path, 11)
    cases.worked_on(bench)
    assert sum(cases.damaged(bench) for _ in range(3)) > 0


@pytest.mark.parametrize(
    ("case", "seed"),
    [
        (cases.damaged_while_open, 3),
        (cases.gone, 4),
        (cases.read_only, 5),
        (cases.two_windows, 6),
    ],
)
def test_the_file_and_its_place(tmp_path: Path, case: Callable[[Bench], object], seed: int) -> None:
    case(new_bench(tmp_path, seed))


def test_an_unplugged_drive(tmp_path: Path) -> None:
    if not cases.may_mount():
        pytest.skip("only root may mount a small disk")
    with cases.small_disk(tmp_path / "disk", "3m") as disk:
        cases.gone(new_bench(tmp_path, 8, disk), disk)


def test_the_clock_is_turned(tmp_path: Path) -> None:
    cases.clock_turned(new_bench(tmp_path, 9))
