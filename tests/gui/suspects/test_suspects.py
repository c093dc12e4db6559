"""Suspects in the window: one row for one cause, adopted and taken back, never where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.suspects import Cause, Suspect
from desktopapp.core.template import Cell
from desktopapp.gui.suspects import presenter
from desktopapp.gui.suspects.menu import cell_menu
from desktopapp.gui.suspects.words import place_words
from desktopapp.gui.window.findings_model import SHOWN
from desktopapp.gui.window.findings_view import action_rect
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.workers import Outcome
from desktopapp.store.report_file import create
from tests.generators import published_report
from tests.gui.window.conftest import document_of, errors, put, settle

#: Typed as 1,338.50 in place of 1,383.50.
SWAPPED, RIGHT, WRONG = Cell("03", "2010301", "basic"), 1_383_500_000, 1_338_500_000
LEAD = "cause:03.2010301.basic"
#: Only the sum above it sees this economic item.
LONE = Cell("06", "30101", "amount")


@pytest.fixture
def planted(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    """Return a window in whose report two digits of one amount have been swapped."""
    assert document_of(opened).report.get(SWAPPED) == RIGHT
    plant(opened, qtbot, SWAPPED, WRONG)
    return opened


def plant(window: MainWindow, qtbot: QtBot, cell: Cell, fen: int | None) -> None:
    """Type an amount and wait until the suspects are known and shown."""
    with qtbot.waitSignal(document_of(window).suspicions.changed):
        put(window, cell, fen)
    settle(qtbot)


def rows(window: MainWindow) -> dict[str, Finding]:
    return {f.id: f for f in window.findings.model.findings()}


def cause_of(window: MainWindow, cell: Cell) -> Cause:
    return next(c for s, c in document_of(window).suspicions.of_cell(cell) if s is c.suspect)


def test_relations_with_one_cause_are_one_row_that_names_the_cell(planted: MainWindow) -> None:
    cause = cause_of(planted, SWAPPED)
    assert len(cause.relations) > 1
    shown = rows(planted)
    assert not shown.keys() & set(cause.relations)
    lead = shown[LEAD]
    assert lead.places[0] == SWAPPED
    assert "疑似 公开03表 2010301 行政运行 2栏“基本支出” 录成 1,338.50，应为 1,383.50：相邻两位数字颠倒" in lead.message
    words = planted.findings.model.index_of(LEAD).data(SHOWN)
    assert words.figures == "录成 1,338.50，应为 1,383.50"
    assert words.action == "采用建议"


def test_counts_go_on_counting_relations(planted: MainWindow) -> None:
    counts = document_of(planted).findings.counts()
    model = planted.findings.model
    assert f"{counts[Severity.ERROR]} 错误" in planted.findings.windowTitle()
    head = model.index(model.head_row(Severity.ERROR)).data(Qt.ItemDataRole.DisplayRole)
    places = sum(f.severity is Severity.ERROR for f in model.findings())
    assert places < counts[Severity.ERROR]
    assert head == f"错误（{counts[Severity.ERROR]} 条，归为 {places} 处）"


def test_the_suggestion_is_an_ordinary_step(planted: MainWindow, qtbot: QtBot) -> None:
    document = document_of(planted)
    planted.findings.view.show_finding(rows(planted)[LEAD])
    planted.findings.view.setFocus()
    with qtbot.waitSignal(document.suspicions.changed):
        qtbot.keyClick(planted.findings.view, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    settle(qtbot)
    assert document.report.get(SWAPPED) == RIGHT
    assert LEAD not in rows(planted)
    assert document.file.undo_label.startswith("采用建议：公开03表 2010301")
    with qtbot.waitSignal(document.suspicions.changed):
        planted.actions_["undo"].trigger()
    settle(qtbot)
    assert document.report.get(SWAPPED) == WRONG
    assert LEAD in rows(planted)


def test_the_offer_to_take_a_suggestion_back_goes_with_the_next_step(planted: MainWindow, qtbot: QtBot) -> None:
    """The button would take back something else by then."""
    suspect = cause_of(planted, SWAPPED).suspect
    assert suspect is not None
    planted.suspects.adopt(suspect)
    planted.refresh_state()
    assert "已采用建议" in planted.messages.text()
    planted.actions_["undo"].trigger()
    planted.refresh_state()
    assert document_of(planted).report.get(SWAPPED) == WRONG
    assert planted.messages.text() == ""
    settle(qtbot)


def test_several_cells_are_called_by_first_and_last() -> None:
    report = published_report(4)
    cells = [Cell("06", row, "amount") for row in ("30201", "30202", "30203")]

    def called(*places: Cell) -> str:
        nothing = (None,) * len(places)
        return place_words(report, Suspect(places, nothing, nothing, "", (), False, 0))

    assert called(*cells) == "公开06表 30201 办公费 至 30203 咨询费 3 格"
    assert called(*cells[:2]) == "公开06表 30201 办公费 和 30202 印刷费"
    row = [Cell("03", "total", c) for c in ("basic", "project")]
    assert called(*row) == "公开03表 “合计” 2栏“基本支出” 和 3栏“项目支出”"
    assert called(*row, cells[0]) == "公开03表 “合计” 2栏“基本支出”等 3 格"


def test_a_click_on_the_link_adopts_and_elsewhere_jumps(planted: MainWindow, qtbot: QtBot) -> None:
    view = planted.findings.view
    view.show_finding(rows(planted)[LEAD])
    index = planted.findings.model.index_of(LEAD)
    box = view.visualRect(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 60, box.top() + 10))
    form = planted.workspace.form_view()
    assert form is not None and form.current_cell() == SWAPPED
    assert document_of(planted).report.get(SWAPPED) == WRONG
    link = action_rect(view.visualRect(index), view.fontMetrics(), index.data(SHOWN))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=link.center())
    assert document_of(planted).report.get(SWAPPED) == RIGHT


def test_a_lead_opens_to_its_relations_and_closes(planted: MainWindow, qtbot: QtBot) -> None:
    view, model = planted.findings.view, planted.findings.model
    view.show_finding(rows(planted)[LEAD])
    names = cause_of(planted, SWAPPED).relations
    qtbot.keyClick(view, Qt.Key.Key_Right)
    listed = [f.id for f in model.findings()]
    at = listed.index(LEAD)
    assert set(listed[at + 1 : at + 1 + len(names)]) == set(names)
    assert all(model.index_of(n).data(SHOWN).inner for n in names)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert model.finding(view.currentIndex()) == model.get(listed[at + 1])
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert model.finding(view.currentIndex()) == model.get(LEAD)
    assert not rows(planted).keys() & set(names)


def test_the_list_kept_up_to_date_equals_the_list_made_anew(planted: MainWindow, qtbot: QtBot) -> None:
    model = planted.findings.model
    planted.findings.listing.open(rows(planted)[LEAD], True)
    other = Cell("05", "2010301", "basic")
    first = document_of(planted).report.get(other)
    for cell, fen in ((other, 7_770_000), (SWAPPED, RIGHT), (SWAPPED, 9_990_000), (other, first), (SWAPPED, RIGHT)):
        plant(planted, qtbot, cell, fen)
        kept = [f.id for f in model.findings()]
        planted.findings._applied = None
        planted.findings.refresh()
        assert [f.id for f in model.findings()] == kept
    assert LEAD not in rows(planted)


def test_the_next_problem_visits_a_cause_once(planted: MainWindow, qtbot: QtBot) -> None:
    seen = []
    for _ in range(len(rows(planted))):
        planted.actions_["next_finding"].trigger()
        settle(qtbot)
        finding = planted.findings.model.finding(planted.findings.view.currentIndex())
        assert finding is not None
        seen.append(finding.id)
    assert len(set(seen)) == len(seen)
    assert seen.count(LEAD) == 1


def test_copying_spells_out_the_relations(planted: MainWindow) -> None:
    planted.findings.view.clearSelection()
    planted.findings.copy()
    text = QGuiApplication.clipboard().text()
    assert text.count("\n") == document_of(planted).findings.counts().total()


def test_filters_look_at_the_relations(planted: MainWindow, qtbot: QtBot) -> None:
    planted.findings._buttons[Severity.ERROR].setChecked(False)
    settle(qtbot)
    assert all(f.severity is not Severity.ERROR for f in rows(planted).values())
    planted.findings._buttons[Severity.ERROR].setChecked(True)
    planted.findings._text.setText("没有这样的字")
    settle(qtbot)
    assert not rows(planted)


def test_the_details_offer_links(planted: MainWindow) -> None:
    planted.findings.view.show_finding(rows(planted)[LEAD])
    found = planted.findings._lead_details
    assert found is not None
    assert found.cell_of("show:0") == SWAPPED
    suspect = found.suspect_of("adopt:0")
    assert suspect is not None and suspect.suggested == (RIGHT,)
    assert found.cell_of("adopt:0") is None and found.suspect_of("show:0") is None


def test_where_relations_do_not_determine_it_the_user_chooses(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = document_of(opened).report.get(LONE)
    assert right is not None
    plant(opened, qtbot, LONE, right + 2_000_000)
    cause = cause_of(opened, document_of(opened).suspicions.of_cell(LONE)[0][1].suspect.places[0])  # type: ignore[union-attr]
    assert cause.suspect is not None and cause.suspect.choice
    (name,) = cause.relations
    words = opened.findings.model.index_of(name).data(SHOWN)
    assert words.says == f"？ 不能确定是哪一格，有 {1 + len(cause.others)} 种可能"
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append(menu))
    opened.findings.view.show_finding(rows(opened)[name])
    opened.actions_["adopt"].trigger()
    choices = [a for a in menus[0].actions() if not a.isSeparator()]
    assert len(choices) == 1 + len(cause.others)
    next(a for a in choices if "30101" in a.text()).trigger()
    assert document_of(opened).report.get(LONE) == right


def test_inspector_and_menu_of_the_cell_tell_the_suspect(planted: MainWindow, qtbot: QtBot) -> None:
    planted.workspace.go_to(SWAPPED)
    settle(qtbot)
    line = planted.workspace.inspector.suspect
    assert line.isVisible()
    assert "录成 1,338.50，应为 1,383.50" in line.text.text()
    menu = cell_menu(planted, document_of(planted), SWAPPED, lambda _s: None)
    assert menu is not None and any("采用建议" in a.text() for a in menu.actions())
    assert cell_menu(planted, document_of(planted), Cell("03", "2010301", "operating"), lambda _s: None) is None
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert document_of(planted).report.get(SWAPPED) == RIGHT
    assert not line.isVisible()


def test_a_suggestion_that_no_longer_fits_is_not_applied(planted: MainWindow) -> None:
    suspect = cause_of(planted, SWAPPED).suspect
    assert suspect is not None
    put(planted, SWAPPED, 5_000_000)
    planted.suspects.adopt(suspect)
    assert document_of(planted).report.get(SWAPPED) == 5_000_000
    assert "不再适用" in planted.messages.text()


def test_the_exact_search_takes_the_place_of_the_quick_one(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspicions = document_of(opened).suspicions
    plant(opened, qtbot, SWAPPED, WRONG)
    quick = suspicions.causes
    done: list[Outcome] = []
    finish = suspicions._finished
    monkeypatch.setattr(suspicions, "_finished", lambda outcome, state: (finish(outcome, state), done.append(outcome)))
    suspicions._calm.stop()
    suspicions._look_closely()
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert done[0].error is None
    assert {c.relations for c in suspicions.causes} == {c.relations for c in quick}
    finish(Outcome(value=[]), suspicions._state - 1)
    assert suspicions.causes
    finish(Outcome(value=[]), suspicions._state)
    assert not suspicions.causes


def test_many_violated_relations_are_searched_in_the_background(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter, "_MOST_AT_ONCE", 0)
    suspicions = document_of(opened).suspicions
    qtbot.waitUntil(lambda: bool(suspicions.causes) and suspicions._task is None, timeout=20_000)
    before = suspicions.causes
    put(opened, SWAPPED, WRONG)
    suspicions.look()
    assert suspicions.causes == before
    with qtbot.waitSignal(suspicions.changed, timeout=20_000):
        pass
    assert suspicions.of_cell(SWAPPED)


def test_nothing_is_suspected_in_a_report_without_errors(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "无错.juesuan"
    create(path, published_report(4))
    assert window.files.open_path(path)
    settle(qtbot)
    assert errors(window) == 0
    suspicions = document_of(window).suspicions
    suspicions.look()
    assert suspicions.causes == ()
    assert not suspicions._calm.isActive()
    window.actions_["adopt"].trigger()
    assert "没有可以采用的建议" in window.messages.text()
