"""Budgets of the whole window: start-up in a process of its own, edits committed and painted with all panels, memory.

Run with ``pytest tests/benchmarks/test_window_bench.py``; the budgets stand in the names of the groups.
"""

from __future__ import annotations

import gc
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.template import Cell
from desktopapp.gui.collector import Collector
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.settings import Settings
from desktopapp.store.report_file import create
from tests.conftest import ROOT
from tests.generators import published_report

Benchmark = Any
#: Rows by code of form 03; 0 is the bundled sample.
SIZES = {"sample": 0, "1000-rows": 1_000, "10000-rows": 10_000}
#: Prints the peak memory in MB once the window has been painted and is idle.
_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from desktopapp.gui import app
from desktopapp.gui.window.settings import Settings, settings_path
application = app.make_application(sys.argv[:1])
windows = app.Windows(application, Settings(settings_path()))
window = windows.open_first(Path(sys.argv[1]) if sys.argv[1:] else None, sample=False)
def done():
    try:
        import resource
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    except ImportError:
        print(0)
    sys.stdout.flush()
    import os
    os._exit(0)
QTimer.singleShot(0, lambda: QTimer.singleShot(0, done))
application.exec()
"""


def sample_file(folder: Path) -> Path:
    path = folder / "示例.juesuan"
    create(path, jobs.import_any(jobs.sample_path()).report)
    return path


def start(folder: Path, *words: str) -> int:
    """Start the program with settings in ``folder`` and return its peak memory in MB."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, **dict.fromkeys(names, str(folder))},
    )
    return int(done.stdout.split()[-1])


@pytest.mark.benchmark(group="start → window without a report: ≤ 0.7 s", min_rounds=5)
def test_start_without_a_report(benchmark: Benchmark, tmp_path: Path) -> None:
    benchmark(start, tmp_path)


@pytest.mark.benchmark(group="start → window with the last report usable: ≤ 1.0 s; memory ≤ 250 MB", min_rounds=5)
def test_start_with_a_report(benchmark: Benchmark, tmp_path: Path) -> None:
    path = sample_file(tmp_path)
    benchmark.extra_info["megabytes"] = benchmark(start, tmp_path, str(path))


@pytest.fixture(params=SIZES)
def window(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return a window with all its panels on a report of some size, form 03 on show."""
    size = SIZES[request.param]
    if size:
        path = tmp_path / "bench.juesuan"
        create(path, published_report(3, rows=size))
    else:
        path = sample_file(tmp_path)
    made = MainWindow(Settings(tmp_path / "window.ini"))
    # As the program itself does it; Python's own collecting would fall into some of the edits.
    collector = Collector(made)
    collector.start()
    made.report_changed.connect(lambda gone: collector.report_changed(gone=gone))
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    made.files.open_path(path)
    qtbot.waitUntil(lambda: made.document is not None, timeout=60_000)
    made.workspace.show_page("03")
    QApplication.processEvents()
    yield made
    made.close()
    gc.unfreeze()
    gc.enable()


@pytest.mark.benchmark(group="edit in the window, committed to disk and painted: p99 ≤ 16 ms")
def test_edit_committed_and_painted_with_all_panels(benchmark: Benchmark, window: MainWindow) -> None:
    document, view = window.document, window.workspace.form_view()
    assert document is not None and view is not None
    codes = [r for r in document.report.rows_of("03") if len(r) == 7]
    amounts = itertools.count(1)

    def edit() -> None:
        amount = next(amounts)
        view.go_to(Cell("03", codes[amount % min(20, len(codes))], "basic"))
        view.edit_current(f"{amount}.25")
        view.commit_editing()
        QApplication.processEvents()

    benchmark.pedantic(edit, rounds=300, warmup_rounds=5)
    ordered = sorted(benchmark.stats.stats.data)
    benchmark.extra_info["p99_ms"] = round(ordered[int(len(ordered) * 0.99) - 1] * 1000, 2)


@pytest.mark.benchmark(group="keys 30 ms apart: longest time the event loop is held up, ≤ 16 ms", max_time=0.1)
def test_typing_fast(benchmark: Benchmark, window: MainWindow, qtbot: QtBot) -> None:
    """Type ten amounts with real keys; a timer beside notes how long the event loop is ever held up."""
    view = window.workspace.form_view()
    assert window.document is not None and view is not None
    codes = [r for r in window.document.report.rows_of("03") if len(r) == 7]
    blocks: list[float] = []
    before = time.perf_counter()

    def beat() -> None:
        nonlocal before
        now = time.perf_counter()
        blocks.append(now - before)
        before = now

    pulse = QTimer()
    pulse.setTimerType(Qt.TimerType.PreciseTimer)
    pulse.timeout.connect(beat)

    def burst() -> None:
        nonlocal before
        view.go_to(Cell("03", codes[0], "basic"))
        before = time.perf_counter()
        pulse.start(1)
        for number in range(10):
            for key in (*f"{number}{number + 1}.25", Qt.Key.Key_Return):
                target = view.editing.editor if view.editing.active else view.table
                if isinstance(key, str):
                    qtbot.keyClicks(target, key)
                else:
                    qtbot.keyClick(target, key)
                qtbot.wait(30)
        pulse.stop()

    benchmark.pedantic(burst, rounds=3)
    benchmark.extra_info["longest_ms"] = round(max(blocks) * 1000, 1)


@pytest.mark.benchmark(group="another form: first visit and coming back")
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_showing_another_form(benchmark: Benchmark, window: MainWindow, again: bool) -> None:
    keys = [p.key for p in window.workspace.pages if p.group == "决算表"]
    if again:
        for key in keys:
            window.workspace.show_page(key)
    turn = itertools.cycle(keys)

    def show() -> None:
        window.workspace.show_page(next(turn))
        QApplication.processEvents()

    benchmark.pedantic(show, rounds=len(keys), iterations=1)
