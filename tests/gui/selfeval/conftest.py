"""A window with a report that has self-evaluation forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.performance.selfeval import (
    Execution,
    FormKind,
    Goal,
    GroupWeight,
    Head,
    Indicator,
    SelfEvaluation,
)
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.selfeval.form_page import FormPage
from desktopapp.gui.selfeval.list_page import FormListPage
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store.report_file import create
from tests.gui.window.conftest import document_of, empty, no_dialogs, opened, sample, settings, window

__all__ = ["empty", "no_dialogs", "opened", "sample", "settings", "window"]

WAN = 1_000_000


def project(name: str = "信息化运行维护费") -> SelfEvaluation:
    """Return a form: one line met, one missed, one that only a person can score."""
    lines = (
        Indicator("产出指标", "数量指标", "培训次数（次）", weight=3000, target="≥4", actual="4", score=3000),
        Indicator("产出指标", "数量指标", "制发情况通报（期）", weight=1000, target="4", actual="3", score=750),
        Indicator(
            "效益指标", "社会效益指标", "服务水平", weight=4000, target="有效提升", actual="达成预期", score=3600
        ),
    )
    return SelfEvaluation(
        FormKind.PROJECT,
        Head(name, "某某局", "办公室"),
        Execution(100 * WAN, 90 * WAN, score=1800),
        (Goal(0, "保障运行。"),),
        lines,
        (GroupWeight("产出指标", "", 4000),),
    )


@pytest.fixture
def evaluated(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Return a window with two forms of projects."""
    report = jobs.start_report("hubei-2023", 2023, "某某局")
    report.fields["selfeval"] = [to_json(project()), to_json(project("宣传经费"))]
    path = tmp_path / "自评.juesuan"
    create(path, report)
    assert window.files.open_path(path)
    qtbot.wait(1)
    return window


def page(window: MainWindow, number: int = 0) -> FormPage:
    """Show the page of a form."""
    found = window.workspace.show_page(f"selfeval/{number}")
    assert isinstance(found, FormPage)
    return found


def listing(window: MainWindow) -> FormListPage:
    """Show the list of all forms."""
    found = window.workspace.show_page("selfeval")
    assert isinstance(found, FormListPage)
    return found


def stored(window: MainWindow, number: int = 0) -> SelfEvaluation:
    """Return a form as the report holds it."""
    form = shelf.form_at(document_of(window).report, number)
    assert form is not None
    return form
