"""Jobs off the GUI thread: one result on the GUI thread, progress, cancel."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QThreadPool
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.window.progress import run_with_progress
from desktopapp.gui.workers import Control, Outcome, Task, run_now
from desktopapp.jobs import UserError
from tests.conftest import ExpectedLogs


def test_the_result_comes_once_on_the_gui_thread(qtbot: QtBot) -> None:
    threads: list[int] = []
    told: list[tuple[float, str]] = []

    def job(control: Control) -> int:
        threads.append(threading.get_ident())
        control.progress(0.5, "一半")
        control.progress(7.0, "完成")
        return 42

    task = Task(job)
    task.progressed.connect(lambda fraction, text: told.append((fraction, text)))
    with qtbot.waitSignal(task.finished) as done:
        task.start()
    assert done.args == [Outcome(value=42)]
    assert threads != [threading.get_ident()]
    assert told == [(0.5, "一半"), (1.0, "完成")]


def test_an_error_comes_back_as_a_value(qtbot: QtBot) -> None:
    def job(_control: Control) -> None:
        raise UserError("读不出来。")

    task = Task(job)
    with qtbot.waitSignal(task.finished) as done:
        task.start()
    assert done.args is not None and str(done.args[0].error) == "读不出来。"


def test_a_cancelled_job_stops_at_its_next_check(qtbot: QtBot) -> None:
    begun = threading.Event()

    def job(control: Control) -> None:
        begun.set()
        while True:
            control.check()

    task = Task(job)
    with qtbot.waitSignal(task.finished) as done:
        task.start()
        assert begun.wait(5)
        task.cancel()
    assert done.args == [Outcome(cancelled=True)]


def test_an_error_after_cancelling_counts_as_cancelled() -> None:
    control = Control(lambda _fraction, _text: None)

    def job(inner: Control) -> None:
        inner.cancel()
        raise OSError("half a file")

    assert run_now(job, control) == Outcome(cancelled=True)


def test_while_a_job_runs_the_window_takes_no_input(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = QPushButton("按", window)
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    window.show()
    go_on = threading.Event()
    outcomes: list[Outcome] = []
    run_with_progress(window, "正在读取……", lambda _control: go_on.wait(5), outcomes.append)
    button.click()
    qtbot.keyClick(button, " ")
    assert pressed == [True], "only the call, not the key"
    go_on.set()
    qtbot.waitUntil(lambda: bool(outcomes))
    qtbot.keyClick(button, " ")
    assert pressed == [True, True]
    assert outcomes == [Outcome(value=True)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UserError("请换一个文件。"), "请换一个文件。"),
        (MemoryError(), "内存不足"),
        (PermissionError(13, "Permission denied", "/x/表.xlsx"), "表.xlsx"),
    ],
)
def test_errors_in_words(error: Exception, words: str) -> None:
    assert words in sentence_of(error)
    assert sentence_of(error).endswith("。")


def test_an_unexpected_error_is_logged_and_told_calmly(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("a job failed")
    assert "没有料到的错误" in sentence_of(KeyError("x"))


def test_a_task_may_go_away_while_its_job_runs(qtbot: QtBot) -> None:
    def job(control: Control) -> int:
        for step in range(2_000):
            control.progress(step / 2_000, "")
        return 1

    for round_ in range(40):
        parent = QObject()
        for _ in range(4):
            Task(job, parent).start()
        if round_ % 2:
            qtbot.wait(1)
        parent.deleteLater()
        del parent
        qtbot.wait(1)
    assert QThreadPool.globalInstance().waitForDone(60_000)
