"""Other layouts, full marks of the execution, grades, and several units put together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.performance.selfeval import Fund, GradeBand, UnitPart
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.gui.selfeval.combine_dialog import CombineDialog
from desktopapp.gui.selfeval.combine_model import LEFT
from desktopapp.gui.selfeval.fields import AmountField, LineField
from desktopapp.gui.selfeval.grades_dialog import GradesDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.narrative.fields import GRADES
from desktopapp.store.report_file import create
from tests.gui.selfeval.conftest import WAN, evaluated, listing, page, project, stored
from tests.gui.window.conftest import document_of, empty, no_dialogs, opened, sample, settings, window

__all__ = ["empty", "evaluated", "no_dialogs", "opened", "sample", "settings", "window"]


def enter(field: object, text: str) -> None:
    """Type a text into a field and leave it."""
    assert isinstance(field, LineField)
    field.setText(text)
    assert field.flush()


# ── layouts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_another_layout_is_one_step_and_asks_for_what_it_prints(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    assert form.layout_shown.id == "standard" and not form.head.funds
    form.layouts.setCurrentIndex(form.layouts.findData("central"))
    form.layouts.activated.emit(form.layouts.currentIndex())
    assert form.layout_shown.id == "central" and form.layouts.currentData() == "central"
    found = stored(evaluated)
    assert (found.layout, found.execution.weight, found.execution.score) == ("central", 1000, 900)
    enter(form.head.fields["initial"], "80")
    enter(form.head.funds[0, "budget"], "95")
    enter(form.head.funds[2, "executed"], "3.5")
    form.goals.dones[0].setPlainText("已完成。")
    assert form.leave_entry()
    found = stored(evaluated)
    assert found.execution.initial == 80 * WAN
    assert found.execution.funds == (
        Fund("其中：当年财政拨款", None, 95 * WAN),
        Fund("上年结转资金"),
        Fund("其他资金", executed=3_500_000),
    )
    assert found.goals[0].done == "已完成。"
    assert str(form.table.lines.headerData(6, Qt.Orientation.Horizontal)) == "年度指标值"
    for _ in range(5):
        document_of(evaluated).undo()
    form = page(evaluated)
    assert form.layout_shown.id == "standard" and stored(evaluated) == project()


def test_a_layout_with_a_column_for_causes_leads_there(evaluated: MainWindow) -> None:
    form = page(evaluated)
    form.choose_layout("central")
    assert form.causes.isHidden() and form.fill_causes.text().startswith("填写偏差原因")
    form.fill_in_causes()
    here = form.table.currentIndex()
    assert (here.row(), form.table.lines.key_at(here)) == (1, "remark")
    assert stored(evaluated).causes == ""


def test_new_forms_take_the_layout_of_the_template(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "上海.juesuan"
    create(path, jobs.start_report("shanghai-2024", 2024, "某某局"))
    assert window.files.open_path(path)
    listing(window).buttons["project"].click()
    found = stored(window)
    assert (found.layout, found.execution.weight) == ("shanghai", 1000)
    assert [(g.level1, g.weight) for g in found.groups] == [
        ("产出指标", 4000),
        ("效益指标", 4000),
        ("满意度指标", 1000),
    ]


def test_full_marks_of_the_execution_can_be_changed(evaluated: MainWindow) -> None:
    form = page(evaluated)
    enter(form.head.fields["weight"], "10")
    found = stored(evaluated)
    assert (found.execution.weight, found.execution.score) == (1000, 900)
    assert "9/10" in form.sums.text() and "应为 100" in form.sums.text()
    enter(form.head.fields["weight"], "")
    assert stored(evaluated).execution.weight == 2000


# ── grades ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_grades_are_the_reports_own_and_come_back(evaluated: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    document, shown = document_of(evaluated), listing(evaluated)

    def answer(dialog: GradesDialog) -> int:
        dialog.show_bands([GradeBand("优秀", 9500), GradeBand("合格", 6000)])
        dialog.rows[2][0].setText("不合格")
        assert "一起填写" in dialog.trouble.text()
        dialog.rows[2][1].setText("0")
        assert not dialog.trouble.text()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(GradesDialog, "exec", answer)
    shown.buttons["grades"].click()
    assert document.report.fields[GRADES] == "优秀=95|合格=60|不合格=0"
    item = shown.list.item(0, 5)
    assert item is not None and item.text() == "合格"
    assert "合格" in page(evaluated).sums.text()
    document.undo()
    assert GRADES not in document.report.fields and "优" in page(evaluated).sums.text()


# ── several units ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_units_pasted_from_excel_are_put_together_in_one_step(
    qtbot: QtBot, evaluated: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = page(evaluated)
    dialogs: list[CombineDialog] = []

    def answer(dialog: CombineDialog) -> int:
        dialogs.append(dialog)
        QGuiApplication.clipboard().setText("甲\t乙\t丙\r\n60\t30\t10\r\n55\t30\t9\r\n2\t2\t1\r\n2\t\t1\r\n")
        dialog.table.paste()
        assert dialog.model.units_shown == 3 and dialog.ok.isEnabled()
        assert dialog.model.index(3, LEFT + 4).data() == "绝对值相加：2＋2＋1"
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(CombineDialog, "exec", answer)
    form.combining.click()
    found = stored(evaluated)
    assert [i.actual for i in found.indicators] == ["5", "3", "达成预期"]
    assert [i.score for i in found.indicators] == [3000, 750, 3600]
    assert (found.execution.budget, found.execution.executed, found.execution.score) == (100 * WAN, 94 * WAN, 1880)
    assert found.units[1] == UnitPart("乙", 30 * WAN, 30 * WAN) and found.indicators[1].parts == ("2", "", "1")
    again = CombineDialog(found, form)
    assert again.model.index(4, LEFT).data() == "2" and again.result_form() == found
    document_of(evaluated).undo()
    assert stored(evaluated) == project()
    again.deleteLater()


def test_a_wrong_amount_is_said_and_nothing_is_taken_over(qtbot: QtBot, evaluated: MainWindow) -> None:
    dialog = CombineDialog(stored(evaluated))
    qtbot.addWidget(dialog)
    assert not dialog.ok.isEnabled()
    dialog.model.set_texts(0, LEFT, [["甲"], ["六十"]])
    assert "第 1 个单位的预算数" in dialog.trouble.text() and dialog.result_form() is None
    dialog.model.set_texts(1, LEFT, [["60"]])
    assert dialog.ok.isEnabled()
    dialog.model.remove_unit(LEFT)
    assert not dialog.ok.isEnabled() and dialog.model.units_shown == 2


def test_units_come_from_their_own_files(qtbot: QtBot, evaluated: MainWindow, tmp_path: Path) -> None:
    paths = []
    for at, (unit, actual) in enumerate((("甲中心", "3"), ("乙中心", "4"))):
        report = jobs.start_report("hubei-2023", 2023, unit)
        first, *rest = project().indicators
        own = replace(project(), indicators=(replace(first, actual=actual), *rest))
        report.fields["selfeval"] = [to_json(own)]
        paths.append(tmp_path / f"{at}.juesuan")
        create(paths[-1], report)
    dialog = CombineDialog(stored(evaluated))
    qtbot.addWidget(dialog)
    dialog.take_files([*paths, tmp_path / "没有.juesuan"])
    assert [dialog.model.index(row, LEFT + 1).data() for row in (0, 1, 3)] == ["乙中心", "100.00", "4"]
    assert dialog.model.index(3, LEFT + 2).data() == "7"
    assert "没有.juesuan" in dialog.trouble.text()


def test_enter_goes_down_and_the_dialog_stays(qtbot: QtBot, evaluated: MainWindow) -> None:
    dialog = CombineDialog(stored(evaluated))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.table.edit(dialog.model.index(0, LEFT))
    line = dialog.table.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "A")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.model.index(0, LEFT).data() == "A")
    assert dialog.table.currentIndex().row() == 1
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.table.currentIndex().row() == 2 and dialog.isVisible()


def test_an_amount_field_of_a_fund_has_a_name(evaluated: MainWindow) -> None:
    form = page(evaluated)
    form.choose_layout("units")
    names = {field.accessibleName() for field in form.head.funds.values()}
    assert "单位资金：调整后预算数" in names
    assert all(isinstance(field, AmountField) for field in form.head.funds.values())
