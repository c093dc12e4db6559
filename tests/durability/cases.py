"""What can happen to a report and to the computer under the real program, one function per case.

Every case asserts what must hold: what was said to be saved is there, what was refused was said and is not shown, a
damaged file is found, offered its newest good backup and left alone. Each returns how many edits it saw saved.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from desktopapp import jobs
from desktopapp.store.backup import NEWEST, list_backups
from desktopapp.store.errors import StoreError
from desktopapp.store.report_file import create, open_file
from tests.durability.digest import digest
from tests.durability.program import CLOCK, Program, Said

FULL = ("磁盘已满", "磁盘读写出错")


@dataclass
class Bench:
    """A report under test in a folder of its own, and what is known of it: the last saved entry and its digest."""

    path: Path
    home: Path
    dice: random.Random
    seq: int = 1
    digest: str = ""
    edits: int = 0
    #: How often one more edit was in the file than had been told when the program was killed.
    untold: int = 0
    seeds: Iterator[int] = field(default_factory=lambda: iter(range(1 << 30)))

    def program(self, path: Path | None = None, **more: object) -> Program:
        """Start the program on the report."""
        return Program(path or self.path, self.dice.randrange(1 << 30), self.home, **more)  # type: ignore[arg-type]

    def note(self, program: Program) -> None:
        """Take in what a program has said was saved."""
        self.edits += sum(s["what"] == "saved" for s in program.heard)
        if (last := program.saved()) is not None:
            self.seq, self.digest = last["seq"], last["digest"]

    def check_opened(self, said: Said) -> None:
        """Check that a program opened the report with everything that was saved; take in what more there is."""
        assert said["digest"] is not None, said
        assert said["seq"] in (self.seq, self.seq + 1), (said, self.seq)
        if said["seq"] == self.seq:
            assert said["digest"] == self.digest, (said, self.digest)
        else:
            self.untold += 1
            assert self._before_last() == self.digest
        self.seq, self.digest = said["seq"], said["digest"]

    def check_file(self) -> None:
        """Check that the file itself, opened without the window, is whole and holds what was saved."""
        with open_file(self.path, jobs.get_template, read_only=True) as file:
            entry = file.history(1)[0]
            assert file.problems == []
            self.check_opened({"seq": entry.seq, "digest": digest(file.report)})

    def _before_last(self) -> str:
        """Return the digest of the report before its last entry, found by taking that back in a copy."""
        copy = self.home / "before.juesuan"
        with open_file(self.path, jobs.get_template, read_only=True) as file:
            file.save_copy(copy)
        with open_file(copy, jobs.get_template, backup=False) as file:
            if file.history(1)[0].action == "undo":
                file.redo()
            else:
                file.undo()
            return digest(file.report)


def new_bench(folder: Path, seed: int, disk: Path | None = None) -> Bench:
    """Return a bench with a copy of the sample, or with an empty report, on a disk of its own if one is given."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    place = disk or folder / "报告"
    place.mkdir(exist_ok=True)
    path = place / "单位决算.juesuan"
    filled = dice.random() < 0.7
    report = jobs.import_any(jobs.sample_path()).report if filled else jobs.start_report("hubei-2024", 2024, "某某局")
    create(path, report)
    return Bench(path, folder / "home", dice, digest=digest(report))


def _no_errors(program: Program) -> None:
    assert "Traceback" not in program.errors() and "CRITICAL" not in program.errors(), program.errors()


# ── killed ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def killed(bench: Bench) -> None:
    """Kill the program while it opens the report, edits it, or closes it."""
    dice = bench.dice
    with bench.program() as program:
        phase = dice.random()
        if phase < 0.2:
            program.wait_for("starting")
            program.listen(dice.uniform(0, 0.7))
        else:
            bench.check_opened(program.wait_for("opened"))
            program.say("work")
            program.wait_for("saved")
            program.listen(dice.uniform(0, 0.7))
            if phase > 0.85:
                program.say("close")
                program.listen(dice.uniform(0, 0.06))
        program.kill()
        _no_errors(program)
        if opened := [s for s in program.heard if s["what"] == "opened"]:
            if phase < 0.2:
                bench.check_opened(opened[0])
            bench.note(program)
    bench.check_file()


def left_in_order(bench: Bench) -> None:
    """Check after the last kill that opening and closing leaves one plain file and its backups."""
    with bench.program() as program:
        bench.check_opened(program.wait_for("opened"))
        program.close()
        _no_errors(program)
    there = {p.name for p in bench.path.parent.iterdir()}
    assert there == {bench.path.name, f"{bench.path.stem}.备份"}, there


# ── no room ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def may_mount() -> bool:
    """Tell whether a small file system can be mounted here."""
    return sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a small file system; raises OSError where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(made, capture_output=True, check=False).returncode:
        raise OSError("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def fill(disk: Path, left: int) -> Path:
    """Fill a disk up to so many bytes; return the file that does it."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 16, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
    os.truncate(filler, max(0, filler.stat().st_size - left))
    return filler


@contextmanager
def _no_room(bench: Bench, program: Program, disk: Path | None) -> Iterator[None]:
    """Take the room away from a running program: fill its disk, or limit the size of its files."""
    if disk is not None:
        filler = fill(disk, bench.dice.choice((0, 0, 1, 5000, 20_000)))
        try:
            yield
        finally:
            filler.unlink()
        return
    import resource

    limit = bench.path.stat().st_size + bench.dice.choice((0, 4096, 40_000))
    infinite = resource.RLIM_INFINITY
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (limit, infinite))
    try:
        yield
    finally:
        if program.process.poll() is None:
            resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (infinite, infinite))


def no_room(bench: Bench, disk: Path | None = None) -> bool:
    """Let the disk run full under the program; return whether an edit was refused for it.

    Some edits may still find room in what the log has already taken.
    """
    dice = bench.dice
    with bench.program() as program:
        bench.check_opened(program.wait_for("opened"))
        program.say("work")
        program.wait_for("saved")
        program.listen(dice.uniform(0, 0.3))
        with _no_room(bench, program, disk):
            refused = _refused_for_room(program)
            ending = dice.choice(("go on", "copy", "kill", "close"))
            program.rest()
            if refused is not None:
                assert refused["seq"] == refused["at"]
                _same_as_saved(program, refused)
            if ending == "copy":
                _copy(bench, program)
            elif ending == "kill":
                program.kill()
            elif ending == "close":
                program.close()
        if program.process.poll() is None:
            # There is room again: work goes on as if nothing had been.
            program.say("work")
            program.wait_for("saved")
            program.rest()
            program.kill() if dice.random() < 0.5 else program.close()
        _no_errors(program)
        bench.note(program)
    bench.check_file()
    return refused is not None


def _refused_for_room(program: Program) -> Said | None:
    for _ in range(60):
        for said in program.listen(0.1):
            if said["what"] == "refused" and any(words in said["said"] for words in FULL):
                return said
    return None


def _same_as_saved(program: Program, refused: Said) -> None:
    """Check that what is shown after a refusal is what was saved last before it."""
    before = program.heard[: program.heard.index(refused)]
    saved = next(s for s in reversed(before) if s["what"] in ("saved", "opened"))
    assert (refused["seq"], refused["digest"]) == (saved["seq"], saved["digest"])


def _copy(bench: Bench, program: Program) -> None:
    """Save a copy in another place and check that it holds what is shown; the program is at rest."""
    copy = bench.home / f"副本{bench.dice.randrange(10**9)}.juesuan"
    program.say(f"copy {copy}")
    assert "副本已保存" in program.wait_for("copied")["said"], program.heard[-3:]
    shown = program.saved()
    assert shown is not None
    with open_file(copy, jobs.get_template, backup=False) as file:
        assert digest(file.report) == shown["digest"]
    copy.unlink()


# ── damage ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 2, 8, 100))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(100, len(data)) :]


def _zero(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(0, len(data) // 512) * 512
    data[at : at + 4096] = bytes(len(data[at : at + 4096]))


def _noise(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(100, len(data))
    data[at : at + 4096] = dice.randbytes(len(data[at : at + 4096]))


def _swap(data: bytearray, dice: random.Random) -> None:
    one, other = (dice.randrange(1, len(data) // 4096) * 4096 for _ in range(2))
    data[one : one + 4096], data[other : other + 4096] = data[other : other + 4096], data[one : one + 4096]


def _empty(data: bytearray, dice: random.Random) -> None:
    data.clear()


def _foreign(data: bytearray, dice: random.Random) -> None:
    data[:] = dice.choice((b"PK\x03\x04", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0", b"{}")) + dice.randbytes(5000)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *[_flip] * 4,
    *[_cut] * 2,
    _zero,
    _noise,
    _swap,
    _empty,
    _foreign,
)


def worked_on(bench: Bench) -> None:
    """Open, edit and close the report a few times, so that it has a history and backups."""
    for _ in range(2):
        with bench.program() as program:
            bench.check_opened(program.wait_for("opened"))
            program.say("work")
            program.listen(0.5)
            program.rest()
            program.close()
            bench.note(program)


def damaged(bench: Bench) -> bool:
    """Damage the closed report; return whether the program found it, else nothing of what it shows had changed."""
    dice, path = bench.dice, bench.path
    whole = path.read_bytes()
    data = bytearray(whole)
    dice.choice(DAMAGES)(data, dice)
    path.write_bytes(data)
    backups = list_backups(path)
    spoilt: tuple[Path, bytes] | None = None
    if dice.random() < 0.3 and len(backups) > 1:
        # The newest backup is damaged as well: the next one must be offered.
        spoilt = (backups[0].path, backups[0].path.read_bytes())
        backups[0].path.write_bytes(spoilt[1][: len(spoilt[1]) // 2])
    try:
        with bench.program() as program:
            opened = program.wait_for("opened")
            found = opened["digest"] is None
            if found:
                _refused_and_restored(bench, program, opened, bytes(data))
            else:
                _harmless(bench, program, opened)
                program.close()
            _no_errors(program)
    finally:
        path.write_bytes(whole)
        if spoilt is not None:
            spoilt[0].write_bytes(spoilt[1])
    return found


def _harmless(bench: Bench, program: Program, opened: Said) -> None:
    """The report is as it was; where only its history is damaged the file is left alone."""
    assert opened["digest"] == bench.digest, opened
    if opened["read_only"]:
        assert "修改历史" in opened["said"] and "副本" in opened["said"], opened


def _refused_and_restored(bench: Bench, program: Program, opened: Said, data: bytes) -> None:
    path = bench.path
    assert path.name in opened["said"] and opened["said"].endswith("。"), opened
    assert path.read_bytes() == data
    before = {b.path: b.path.read_bytes() for b in list_backups(path)}
    best = next((s for s in map(_digest_of, before) if s), "")
    assert "恢复备份" in opened["offer"], opened
    program.say("offer")
    restored = program.wait_for("restored")
    assert restored["digest"] == best, (restored, best)
    # Nothing was lost: the damaged file lies in the backups as it was, and they are all still there.
    after = {b.path: b.path.read_bytes() for b in list_backups(path)}
    assert data in [held for where, held in after.items() if where not in before]
    # Only the oldest may have made room for those that came.
    assert all(after[where] == held for where, held in before.items() if where in after)
    assert before.keys() <= after.keys() or len(before) >= NEWEST
    program.close()
    for where in after.keys() - before.keys():
        where.unlink()


def _digest_of(path: Path) -> str:
    try:
        with open_file(path, jobs.get_template, read_only=True) as file:
            return digest(file.report)
    except StoreError:
        return ""


def damaged_while_open(bench: Bench) -> bool:
    """Damage the file under the running program; return whether that was found when it was opened the next time."""
    dice, path = bench.dice, bench.path
    with bench.program() as program:
        bench.check_opened(program.wait_for("opened"))
        program.say("work")
        program.wait_for("saved")
        program.listen(dice.uniform(0, 0.3))
        data = bytearray(path.read_bytes())
        dice.choice((_flip, _cut, _zero, _noise, _empty))(data, dice)
        # In place, as a bad disk or a careless tool does it.
        with path.open("r+b") as file:
            file.write(data)
            file.truncate(len(data))
        program.listen(0.4)
        program.rest()
        _copy(bench, program)
        last = program.saved()
        program.close() if dice.random() < 0.5 else program.kill()
        _no_errors(program)
        bench.note(program)
    left = path.read_bytes()
    with bench.program() as program:
        opened = program.wait_for("opened")
        assert last is not None
        if opened["digest"] is None:
            assert path.read_bytes() == left
            program.close()
            return True
        assert opened["digest"] == last["digest"] or opened["seq"] == last["seq"] + 1, (opened, last)
        program.close()
    return False


# ── gone, read-only ─────────────────────────────────────────────────────────────────────────────────────────────────
def gone(bench: Bench, disk: Path | None = None) -> None:
    """Take the file away under the program: moved, deleted, replaced, its folder moved, its disk unplugged."""
    dice, path = bench.dice, bench.path
    ways = ["moved", "deleted", "replaced", "folder"] + (["unplugged"] if disk is not None else [])
    way = dice.choice(ways) if disk is None else "unplugged"
    elsewhere = bench.home.with_name("elsewhere")
    with bench.program() as program:
        bench.check_opened(program.wait_for("opened"))
        program.say("work")
        program.wait_for("saved")
        program.listen(dice.uniform(0, 0.2))
        program.rest()
        bench.note(program)
        if way == "moved":
            path.rename(elsewhere)
        elif way == "deleted":
            path.unlink()
        elif way == "replaced":
            path.rename(elsewhere)
            path.write_bytes(b"somebody else's")
        elif way == "folder":
            path.parent.rename(elsewhere)
        else:
            subprocess.run(["umount", "-l", str(disk)], check=True)
        program.say("work")
        refused = program.wait_for("refused")
        while "被移走、改名、删除或替换" not in refused["said"]:
            refused = program.wait_for("refused")
        program.rest()
        assert program.saved() == next(s for s in reversed(program.heard) if s["what"] in ("saved", "opened"))
        assert (refused["seq"], refused["digest"]) == (bench.seq, bench.digest)
        _copy(bench, program)
        program.close() if dice.random() < 0.5 else program.kill()
        _no_errors(program)
    if way in ("moved", "replaced"):
        if way == "replaced":
            assert path.read_bytes() == b"somebody else's"
        _put_back(elsewhere, path)
        bench.check_file()
    elif way == "folder":
        elsewhere.rename(path.parent)
        bench.check_file()


def _put_back(elsewhere: Path, path: Path) -> None:
    # The log that a kill left behind lies under the old name still.
    elsewhere.replace(path)


@contextmanager
def _not_writable(bench: Bench) -> Iterator[None]:
    """Let nobody write the report: on a read-only medium where root would write all the same, else by permissions."""
    folder = bench.path.parent
    if os.geteuid() == 0:
        for words in (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)]):
            subprocess.run(["mount", *words], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    file_mode, folder_mode = bench.dice.choice(((0o444, 0o755), (0o644, 0o555)))
    bench.path.chmod(file_mode)
    folder.chmod(folder_mode)
    try:
        yield
    finally:
        folder.chmod(0o755)
        bench.path.chmod(0o644)


def read_only(bench: Bench) -> None:
    """Open a report that may not be written, edit it in vain, and find it untouched."""
    before = bench.path.read_bytes()
    with _not_writable(bench):
        with bench.program() as program:
            opened = program.wait_for("opened")
            assert opened["read_only"] and "只能查看" in opened["said"], opened
            assert opened["digest"] == bench.digest
            program.say("work")
            program.wait_for("refused")
            program.listen(0.3)
            program.rest()
            assert not [s for s in program.heard if s["what"] == "saved"]
            _copy(bench, program)
            program.close()
            _no_errors(program)
        assert bench.path.read_bytes() == before
    bench.check_file()


# ── two windows, clock ──────────────────────────────────────────────────────────────────────────────────────────────
def two_windows(bench: Bench) -> None:
    """Open the report twice: the second only looks on; when the first is killed, the next one writes."""
    second_home = bench.home.with_name("second home")
    with bench.program() as first:
        bench.check_opened(first.wait_for("opened"))
        first.say("work")
        first.wait_for("saved")
        with Program(bench.path, bench.dice.randrange(1 << 30), second_home) as second:
            opened = second.wait_for("opened")
            assert opened["read_only"] and "正由" in opened["said"], opened
            second.say("work")
            second.listen(0.4)
            assert not [s for s in second.heard if s["what"] == "saved"]
            first.kill()
            bench.note(first)
            second.close()
            _no_errors(second)
        _no_errors(first)
    with bench.program() as third:
        opened = third.wait_for("opened")
        assert not opened["read_only"]
        bench.check_opened(opened)
        third.say("work")
        third.wait_for("saved")
        third.kill()
        bench.note(third)
    bench.check_file()


def clock_turned(bench: Bench) -> None:
    """Turn the clock between runs and during one, back and forth; the order of edits and backups stays as it was."""
    days = bench.home.with_name("days")
    known = [b.number for b in list_backups(bench.path)]
    for _ in range(3):
        days.write_text(str(bench.dice.randrange(-9000, 20_000)))
        with bench.program(variables={CLOCK: str(days)}) as program:
            bench.check_opened(program.wait_for("opened"))
            program.say("work")
            program.wait_for("saved")
            days.write_text(str(bench.dice.randrange(-9000, 20_000)))
            program.wait_for("saved")
            program.listen(0.3)
            program.kill() if bench.dice.random() < 0.5 else program.close()
            _no_errors(program)
            bench.note(program)
        numbers = [b.number for b in list_backups(bench.path)]
        assert numbers == sorted(numbers, reverse=True) and (not known or numbers[0] >= known[0])
        known = numbers
    bench.check_file()
    with open_file(bench.path, jobs.get_template, backup=False) as file:
        entries = file.history(limit=1 << 20)
        assert [e.seq for e in entries] == list(range(len(entries), 0, -1))
        assert len({e.at.year for e in entries}) > 1
        while file.can_undo:
            file.undo()
