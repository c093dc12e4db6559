"""A document without a file: reports made here, the real engine, findings and catalogues."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import new_report
from desktopapp.core.template import Cell, Template
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.report_file import ReportFile
from desktopapp.store.template_files import load_template
from tests.memory_file import MemoryFile


@pytest.fixture(scope="session")
def template() -> Template:
    return load_template(resource_root() / "templates", "hubei-2023")


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return load_catalogues(resource_root() / "codes", 2023)


ROWS = (
    ("201", "一般公共服务支出"),
    ("20103", "政府办公厅（室）及相关机构事务"),
    ("2010301", "行政运行"),
    ("2010302", "一般行政管理事务"),
    ("208", "社会保障和就业支出"),
    ("20805", "行政事业单位养老支出"),
    ("2080501", "行政单位离退休"),
)
AMOUNTS = {
    ("2010301", "basic"): 1_383_500_000,
    ("2010302", "project"): 6_100_210_000,
    ("2080501", "basic"): 446_730_000,
}


def fill(engine: Engine) -> None:
    """Give form 03 a few rows and amounts; its totals follow by themselves."""
    engine.start_automatic()
    for code, name in ROWS:
        engine.apply(InsertRow("03", code, name))
    engine.apply(SetCells(tuple((Cell("03", row, col), fen, False) for (row, col), fen in AMOUNTS.items())))
    engine.apply(SetCells(tuple((c, None, True) for c in engine.computable() if c.form == "03")))


@pytest.fixture
def document(qtbot: QtBot, template: Template, catalogues: Catalogues) -> Document:
    """Return a report of 2023 with the rows of form 03 filled."""
    report = new_report(template, 2023, "示例局")
    engine = Engine(report, rule_book(template))
    fill(engine)
    return Document(cast(ReportFile, MemoryFile(report, engine)), catalogues)


@pytest.fixture
def show(qtbot: QtBot, document: Document) -> Callable[[str], FormView]:
    """Return a function that opens a form in a visible view with the focus."""

    def opened(form_id: str) -> FormView:
        view = FormView(document, form_id)
        qtbot.addWidget(view)
        view.resize(1300, 800)
        view.show()
        qtbot.waitExposed(view)
        view.activateWindow()
        view.table.setFocus()
        qtbot.waitUntil(view.table.hasFocus)
        return view

    return opened


@pytest.fixture
def form03(show: Callable[[str], FormView]) -> FormView:
    """Return the view of form 03, the first amount current."""
    return show("03")
