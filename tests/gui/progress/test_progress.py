"""The progress of the year's work in the window: what is done, what is left, ways to it, the guide."""

from __future__ import annotations

import itertools
from collections import Counter

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopapp.core.commands import SetField, SetHead
from desktopapp.core.findings import Finding, Severity, sort_findings
from desktopapp.core.template import Cell
from desktopapp.gui.progress.lines import HEAD, Line, PageInfo, Progress, State, progress_of
from desktopapp.gui.progress.steps import next_step, steps_of
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.jobs import start_report
from tests.gui.window.conftest import document_of, put

ROW = Cell("03", "2010301", "basic")
PAGES = (
    PageInfo("03", "决算表", "03 支出决算表", "03"),
    PageInfo("07", "决算表", "07 政府性基金预算财政拨款收入支出决算表", "07"),
    PageInfo("text.income", "文字部分", "收入决算情况说明"),
    PageInfo("input.cars", "补充数据", "车辆"),
    PageInfo("selfeval", "绩效自评", "全部自评表"),
)


def finding(severity: Severity, form: str, rule: str = "r") -> Finding:
    return Finding(f"{rule}[{form}]", rule, severity, "relation", form, "一句话。")


def shown(window: MainWindow) -> Progress:
    """Bring the progress up to date and return it."""
    window.progress.raise_()
    window.progress.refresh()
    return window.progress.progress


def index_of(window: MainWindow, key: str) -> QModelIndex:
    tree = window.progress.tree
    model = tree.model()
    for g in range(model.rowCount()):
        group = model.index(g, 0)
        for row in range(model.rowCount(group)):
            index = model.index(row, 0, group)
            if (line := tree.line(index)) is not None and line.key == key:
                return index
    raise AssertionError(key)


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_empty_report_has_everything_left_to_do() -> None:
    report = start_report("hubei-2023", 2023, "")
    progress = progress_of(report, PAGES, State({}))
    assert progress.done == 1, "the template's text lacks nothing that a finding names"
    assert [ln.key for ln in progress.lines if not ln.done] == [HEAD, "03", "07", "selfeval"]
    assert progress.by_key["input.cars"].badges() == ((Severity.ACCEPTED, "选填"),)
    assert next_step(steps_of(progress)) == 0


def test_findings_count_where_they_belong_and_accepted_ones_are_settled() -> None:
    report = start_report("hubei-2023", 2023, "某局")
    kinds = (Severity.WARNING, Severity.ERROR, Severity.ACCEPTED, Severity.ROUNDING, Severity.INFO)
    gaps = [
        finding(Severity.INFO, "text.income", "text.missing"),
        finding(Severity.INFO, "input.cars", "input.missing"),
        finding(Severity.INFO, "07", "form.empty"),
    ]
    progress = progress_of(report, PAGES, State({"03": Counter(kinds)}, gaps, {"03", "input.cars"}))
    line = progress.by_key["03"]
    assert line.badges() == ((Severity.ERROR, "▲1"), (Severity.WARNING, "◆1"))
    assert line.words() == "1 个错误，1 个没有说明的警告"
    assert progress.by_key["text.income"].badges() == ((Severity.INFO, "待填"),)
    assert progress.by_key["input.cars"].gaps == ("一句话。",)
    # The template has a sentence for a form without amounts.
    assert progress.by_key["07"].done and progress.by_key["07"].badges() == ((None, "空表"),)
    assert (progress.errors, progress.warnings, progress.gaps) == (1, 1, 2)


def test_text_that_nobody_has_looked_at_yet_is_not_called_done() -> None:
    report = start_report("hubei-2023", 2023, "某局")
    line = progress_of(report, PAGES, State({}, text_known=False)).by_key["text.income"]
    assert not line.done and line.badges() == ((Severity.ACCEPTED, "核对中"),)


def test_a_plan_that_was_left_behind_is_a_line_of_its_own() -> None:
    report = start_report("hubei-2023", 2023, "某局")
    assert "rounding" not in progress_of(report, PAGES, State({})).by_key
    assert not progress_of(report, PAGES, State({}, plan_note="过时")).by_key["rounding"].done
    assert progress_of(report, PAGES, State({}, plan_note="")).by_key["rounding"].done


def test_the_steps_are_done_one_after_the_other() -> None:
    lines = (
        Line(HEAD, "报表", "单位名称和年度", True),
        Line("01", "决算表", "01", True),
        Line("text.a", "文字部分", "甲", True),
        Line("selfeval", "绩效自评", "全部自评表", True),
    )
    progress = Progress(lines, {ln.key: ln for ln in lines})
    steps = steps_of(progress)
    assert [s.done for s in steps] == [True] * 6 + [False]
    assert next_step(steps) == 6
    assert all(s.done for s in steps_of(progress, exported=True))
    assert len({s.title for s in steps}) == 7 and all(s.action or s.page for s in steps)


# ── the dock ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_dock_follows_an_edit_and_its_undo(opened: MainWindow, qtbot: QtBot) -> None:
    before = shown(opened).by_key["03"]
    assert before.done
    amount = document_of(opened).report.get(ROW)
    assert amount is not None
    put(opened, ROW, amount + 90_000)
    qtbot.waitUntil(lambda: opened.progress.progress.by_key["03"].errors > 0)
    index = index_of(opened, "03")
    assert "个错误" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    opened.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: opened.progress.progress.by_key["03"] == before)


def test_nothing_is_counted_while_the_dock_is_hidden(opened: MainWindow, qtbot: QtBot) -> None:
    opened.progress.hide()
    before = opened.progress.progress
    put(opened, ROW, 10_000)
    opened.progress.refresh()
    assert opened.progress.progress is before


def test_a_line_leads_to_what_is_worst_there(opened: MainWindow, qtbot: QtBot) -> None:
    assert shown(opened).by_key["04"].errors
    tree = opened.progress.tree
    tree.setCurrentIndex(index_of(opened, "04"))
    QTest.keyClick(tree, Qt.Key.Key_Return)
    form = opened.workspace.form_view()
    assert form is not None and form.form_id == "04"
    document = document_of(opened)
    first = sort_findings(document.report, [f for f in document.findings.all() if f.form == "04"])[0]
    assert form.current_cell() == first.places[0]
    opened.advance.go_to(opened.progress.progress.by_key["selfeval"])
    page = opened.workspace.page()
    assert page is not None and page.key == "selfeval"


def test_what_the_text_lacks_is_known_once_it_was_checked(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    qtbot.waitUntil(lambda: not document.text.is_checking(), timeout=20_000)
    line = shown(opened).by_key["text.duties"]
    assert line.badges() == ((Severity.INFO, "待填"),)
    document.apply(SetField("text.duties", "主管某事。"))
    qtbot.waitUntil(lambda: opened.progress.progress.by_key["text.duties"].done, timeout=20_000)


def test_only_what_is_open_can_be_shown(opened: MainWindow) -> None:
    shown(opened)
    every = len(opened.progress.tree.lines())
    opened.progress.only_open.setChecked(True)
    left = opened.progress.tree.lines()
    assert 0 < len(left) < every
    assert not any(line.done for line in left)


def test_ctrl_j_goes_to_the_progress_and_back_to_the_navigation(opened: MainWindow) -> None:
    opened.actions_["progress"].trigger()
    assert opened.progress.tree.hasFocus()
    opened.actions_["progress"].trigger()
    assert opened.navigation.hasFocus()


# ── the guide ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_guide_moves_on_with_the_work_and_its_button_does_the_step(empty: object, opened: MainWindow) -> None:
    document_of(opened).apply(SetHead("", 2023))
    shown(opened)
    guide = opened.progress.guide
    step = guide.current()
    assert step is not None and (step.title, step.action) == ("单位与年度", "properties")
    document_of(opened).apply(SetHead("某局", 2023))
    shown(opened)
    step = guide.current()
    assert step is not None and step.title == "填报和校验"
    guide.go.click()
    form = opened.workspace.form_view()
    assert form is not None and form.current_cell() is not None
    assert guide.list.item(2).data(Qt.ItemDataRole.AccessibleTextRole) == "第 3 步 填报和校验，未完成"


def test_the_guide_can_be_closed_for_good_and_opened_again(opened: MainWindow) -> None:
    shown(opened)
    guide = opened.progress.guide
    assert guide.isVisibleTo(opened.progress)
    opened.advance.show_guide(False)
    assert not guide.isVisibleTo(opened.progress)
    assert opened.settings.text("guide") == "no"
    opened.actions_["guide"].trigger()
    assert guide.isVisibleTo(opened.progress) and guide.list.hasFocus()
    assert opened.settings.text("guide") == ""


def test_the_very_first_report_is_shown_with_the_guide(window: MainWindow, sample: object, qtbot: QtBot) -> None:
    from pathlib import Path

    assert isinstance(sample, Path)
    window.settings.set_text("guide_seen", "")
    window.files.open_path(sample)
    qtbot.waitUntil(lambda: not window.progress.visibleRegion().isEmpty())
    assert window.settings.text("guide_seen") == "yes"


def test_on_a_low_screen_the_dock_scrolls_and_nothing_lies_over_anything(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(900, 480)
    shown(opened)
    qtbot.wait(20)
    guide = opened.progress.guide
    parts = [guide.list, guide.words, guide.go]
    for above, below in itertools.pairwise(parts):
        assert above.geometry().bottom() < below.geometry().top()
    assert guide.geometry().bottom() < opened.progress.summary.geometry().top()
    assert guide.words.height() >= guide.words.heightForWidth(guide.words.width())
    assert opened.progress.tree.height() >= 160
