"""The list of findings keeps selection and place while it changes."""

from __future__ import annotations

import random

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.window.findings_model import FINDING, FindingsModel


def finding(name: str, severity: Severity = Severity.ERROR, message: str = "说明") -> Finding:
    return Finding(id=name, rule=name, severity=severity, kind="row", form="01", message=message)


def ids(model: FindingsModel) -> list[str]:
    return [f.id for f in model.findings()]


def test_findings_are_grouped_by_severity(qtmodeltester: ModelTester) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("b", Severity.WARNING), finding("c", Severity.ROUNDING)])
    assert [model.index(r).data() for r in model.head_rows()] == ["错误（1）", "警告（1）", "尾差（1）"]
    assert model.head_rows() == [0, 2, 4]
    qtmodeltester.check(model)


def test_a_new_finding_leaves_the_others_where_they_are(qtbot: QtBot) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("c")])
    kept = QPersistentModelIndex(model.index_of("c"))
    with qtbot.waitSignals([model.rowsInserted, model.dataChanged]), qtbot.assertNotEmitted(model.modelReset):
        model.set_findings([finding("a"), finding("b"), finding("c")])
    assert ids(model) == ["a", "b", "c"]
    assert kept.row() == 3


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
    assert (told.args[0].row(), told.args[1].row()) == (2, 2)


def test_any_sequence_of_lists_ends_in_the_last_one(qtmodeltester: ModelTester) -> None:
    chance = random.Random(7)
    model = FindingsModel()
    watched: dict[str, tuple[QPersistentModelIndex, Severity]] = {}
    for _ in range(200):
        names = chance.sample("abcdefghij", chance.randrange(0, 10))
        wanted = sorted((finding(n, chance.choice(list(Severity))) for n in names), key=lambda f: f.severity)
        stays = {f.id: f.severity for f in wanted}
        alive = {n: i for n, (i, s) in watched.items() if stays.get(n) is s}
        model.set_findings(wanted)
        assert ids(model) == [f.id for f in wanted]
        for name, index in alive.items():
            shown = model.finding(index)
            assert shown is not None and shown.id == name
        watched = {f.id: (QPersistentModelIndex(model.index_of(f.id)), f.severity) for f in wanted}
    qtmodeltester.check(model)


def test_changes_lead_to_the_same_list_as_showing_it_anew(qtmodeltester: ModelTester) -> None:
    chance = random.Random(3)
    model = FindingsModel()
    listed: dict[str, Finding] = {}
    model.set_findings([])
    for _ in range(300):
        dropped = set(chance.sample("abcdefghij", 3))
        put = [finding(n, chance.choice(list(Severity)), chance.choice("xy")) for n in chance.sample("abcdefghij", 3)]
        kept = {n: QPersistentModelIndex(model.index_of(n)) for n in set(listed) - dropped - {f.id for f in put}}
        listed = {n: f for n, f in listed.items() if n not in dropped} | {f.id: f for f in put}
        model.change(dropped, put)
        assert model.findings() == sorted(listed.values(), key=lambda f: (f.severity, f.id))
        for name, index in kept.items():
            shown = model.finding(index)
            assert shown is not None and shown.id == name
    qtmodeltester.check(model)


def test_a_folded_severity_stays_folded_and_counts_on(qtmodeltester: ModelTester) -> None:
    model = FindingsModel()
    model.set_findings([finding("a"), finding("b", Severity.WARNING), finding("c", Severity.WARNING)])
    model.fold(Severity.WARNING, True)
    assert model.rowCount() == 3
    model.change({"b"}, [finding("d", Severity.WARNING), finding("e", Severity.WARNING)])
    assert model.rowCount() == 3 and model.index(2).data() == "警告（3）"
    assert not model.index_of("d").isValid() and model.get("d") is not None
    assert ids(model) == ["a", "c", "d", "e"]
    model.set_findings([finding("a"), finding("f", Severity.WARNING)])
    assert model.rowCount() == 3
    model.fold(Severity.WARNING, False)
    assert model.index(3).data(FINDING).id == "f"
    model.set_findings([])
    assert model.rowCount() == 0 and model.is_empty()
    qtmodeltester.check(model)


def test_an_unknown_finding_has_no_index() -> None:
    assert FindingsModel().index_of("x") == QModelIndex()
