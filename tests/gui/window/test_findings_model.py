"""The list of findings keeps selection and place while it changes."""

from __future__ import annotations

import random

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.window.findings_model import FindingsModel


def finding(name: str, severity: Severity = Severity.ERROR, message: str = "说明") -> Finding:
    return Finding(id=name, rule=name, severity=severity, kind="row", form="01", message=message)


def ids(model: FindingsModel) -> list[str]:
    return [f.id for f in model.findings()]


def test_findings_are_grouped_by_severity(qtmodeltester: ModelTester) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("b", Severity.WARNING), finding("c", Severity.ROUNDING)])
    assert [model.rowCount(model.index(g, 0)) for g in range(4)] == [1, 1, 1, 0]
    assert model.data(model.index(0, 0)) == "错误（1）"
    qtmodeltester.check(model)


def test_a_new_finding_leaves_the_others_where_they_are(qtbot: QtBot) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("c")])
    kept = QPersistentModelIndex(model.index_of("c"))
    with qtbot.waitSignals([model.rowsInserted, model.dataChanged]), qtbot.assertNotEmitted(model.modelReset):
        model.set_findings([finding("a"), finding("b"), finding("c")])
    assert ids(model) == ["a", "b", "c"]
    assert kept.row() == 2


def test_the_same_list_again_tells_nothing(qtbot: QtBot) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("b")])
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsRemoved):
        model.set_findings([finding("a"), finding("b")])


def test_another_message_changes_one_row(qtbot: QtBot) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("b")])
    with qtbot.waitSignal(model.dataChanged) as told:
        model.set_findings([finding("a"), finding("b", message="另一句")])
    assert told.args is not None
    assert (told.args[0].row(), told.args[1].row()) == (1, 1)


def test_any_sequence_of_lists_ends_in_the_last_one(qtmodeltester: ModelTester) -> None:
    chance = random.Random(7)
    model = FindingsModel()
    watched: dict[str, QPersistentModelIndex] = {}
    for _ in range(200):
        names = chance.sample("abcdefghij", chance.randrange(0, 10))
        wanted = sorted((finding(n, chance.choice(list(Severity))) for n in names), key=lambda f: f.severity)
        stays = {f.id: f.severity for f in wanted}
        alive = {n: i for n, i in watched.items() if n in stays and i.parent().row() == stays[n]}
        model.set_findings(wanted)
        assert ids(model) == [f.id for f in wanted]
        for name, index in alive.items():
            shown = model.finding(index)
            assert shown is not None and shown.id == name
        watched = {n: QPersistentModelIndex(model.index_of(n)) for n in names}
    qtmodeltester.check(model)


def test_an_unknown_finding_has_no_index() -> None:
    assert FindingsModel().index_of("x") == QModelIndex()
