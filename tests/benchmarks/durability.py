"""The long campaign against the real program; run as ``python -m tests.benchmarks.durability 500``.

The number is that of kill cycles; the other cases follow in proportion. Everything is drawn from seeds, so that a
failure, which is printed with its seed, can be had again: ``… 500 --only killed --first 17``. Ends with a table and
with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.durability import cases
from tests.durability.cases import Bench, new_bench

#: Kill cycles, or damages, on one report before a new one is taken.
_ON_ONE = 25


@dataclass(slots=True)
class Tally:
    """How one kind of case went; ``found`` counts those that met what they were after (a refusal, a damage)."""

    name: str
    done: int = 0
    found: int = 0
    edits: int = 0
    failed: int = 0
    seconds: float = 0.0


def _killed(bench: Bench, _disk: Path | None) -> int:
    cases.killed(bench)
    return 0


def _closing(case: Callable[[Bench], None]) -> Callable[[Bench, Path | None], int]:
    def run(bench: Bench, _disk: Path | None) -> int:
        case(bench)
        return 0

    return run


#: name: (title, share of the kill cycles, what makes it ready, the case, needs a disk of its own, repeated on a report)
_Case = Callable[[Bench, Path | None], int]
KINDS: dict[str, tuple[str, float, _Case, bool, bool]] = {
    "killed": ("随时强行终止（SIGKILL）", 1.0, _killed, False, True),
    "full": ("磁盘写满", 0.25, cases.no_room, True, False),
    "limit": ("文件大小受限", 0.04, lambda b, _d: cases.no_room(b), False, False),
    "damaged": ("文件损坏后打开", 0.25, lambda b, _d: cases.damaged(b), False, True),
    "damaged-open": ("打开着的文件被改坏", 0.06, lambda b, _d: cases.damaged_while_open(b), False, False),
    "gone": ("文件被移走、删除、替换", 0.06, _closing(cases.gone), False, False),
    "unplugged": ("U 盘拔出", 0.04, lambda b, d: cases.gone(b, d) or 0, True, False),
    "read-only": ("只读介质", 0.04, _closing(cases.read_only), False, False),
    "two": ("两个窗口开同一文件", 0.04, _closing(cases.two_windows), False, False),
    "clock": ("系统时钟前后跳动", 0.04, _closing(cases.clock_turned), False, False),
}


def run(name: str, count: int, first: int, folder: Path) -> Tally:
    """Run so many cases of a kind and return how they went."""
    title, _, case, needs_disk, repeated = KINDS[name]
    tally, began = Tally(title), time.monotonic()
    for number, bench, disk in _benches(count, first, folder / name, needs_disk, repeated):
        before = bench.edits
        try:
            if repeated and name == "damaged" and not bench.edits:
                cases.worked_on(bench)
            tally.found += bool(case(bench, disk))
            if name == "killed" and (number + 1) % _ON_ONE == 0:
                cases.left_in_order(bench)
        except Exception:
            tally.failed += 1
            print(f"FAILED: {name}, number {number}", flush=True)
            traceback.print_exc()
            # What follows on this report would only fail again.
            bench.home.with_name("failed").touch()
        tally.done += 1
        tally.edits += bench.edits - before
        if tally.done % 10 == 0:
            print(f"{name}: {tally.done} of {count}, {tally.edits} edits, {tally.failed} failed", flush=True)
    tally.seconds = time.monotonic() - began
    return tally


def _benches(
    count: int, first: int, folder: Path, needs_disk: bool, repeated: bool
) -> Iterator[tuple[int, Bench, Path | None]]:
    """Yield (number, bench, disk): a bench for every case, or one for several."""
    bench: Bench | None = None
    for number in range(first, first + count):
        place = folder / str(number)
        if repeated and bench is not None and number % _ON_ONE and not (bench.home.with_name("failed")).exists():
            yield number, bench, None
            continue
        with ExitStack() as stack:
            disk = stack.enter_context(cases.small_disk(place / "disk", "3m")) if needs_disk else None
            bench = new_bench(place, number, disk)
            yield number, bench, disk


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cycles", type=int)
    parser.add_argument("--only", choices=sorted(KINDS), action="append")
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    missing = {n for n, kind in KINDS.items() if kind[3] and not cases.may_mount()}
    for name in sorted(missing):
        print(f"skipped here: {name} (needs root to mount a disk)")
    tallies = []
    with tempfile.TemporaryDirectory(prefix="juesuan-durability-") as folder:
        for name in args.only or [n for n in KINDS if n not in missing]:
            tallies.append(run(name, max(1, round(args.cycles * KINDS[name][1])), args.first, Path(folder)))
    print("| 情形 | 次数 | 已保存的修改 | 拒绝或发现 | 失败 | 秒 |\n| --- | --- | --- | --- | --- | --- |")
    for tally in tallies:
        print(f"| {tally.name} | {tally.done} | {tally.edits} | {tally.found} | {tally.failed} | {tally.seconds:.0f} |")
    return any(t.failed for t in tallies)


if __name__ == "__main__":
    sys.exit(main())
