"""Cycles are collected in small portions on the GUI thread, and open reports are set aside."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktopapp.gui import collector as module
from desktopapp.gui.collector import Collector


class Knot:
    """Refers to itself, so that only collecting frees it."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    before = gc.get_threshold()
    gc.collect()
    made = Collector()
    yield made
    gc.unfreeze()
    gc.set_threshold(*before)


def left_behind(number: int) -> weakref.ref[Knot]:
    knots = [Knot() for _ in range(number)]
    return weakref.ref(knots[0])


def test_a_portion_is_collected_where_there_is_one(collector: Collector) -> None:
    collector.start()
    few = left_behind(10)
    collector.tick()
    assert few() is not None
    many = left_behind(2 * module._PORTION)
    collector.tick()
    assert many() is None
    assert few() is None


def test_what_portions_leave_goes_in_quiet_moments(collector: Collector) -> None:
    collector.start()
    held = Knot()
    kept, old = weakref.ref(held), [Knot() for _ in range(2 * module._PORTION)]
    collector.tick()
    assert old
    del held
    for _ in range(3):
        collector.tick()
    assert kept() is None


def test_nothing_is_collected_while_something_is_built(collector: Collector) -> None:
    collector.start()
    gc.disable()
    try:
        many = left_behind(2 * module._PORTION)
        collector.tick()
        assert many() is not None
    finally:
        gc.enable()


def test_an_open_report_is_set_aside_until_it_went_away(collector: Collector) -> None:
    collector.start()
    report = Knot()
    watched = weakref.ref(report)
    collector.report_changed(gone=False)
    settle(collector)
    frozen = gc.get_freeze_count()
    assert frozen > 0
    del report
    gc.collect()
    assert watched() is not None
    collector.report_changed(gone=True)
    settle(collector)
    assert watched() is None


def settle(collector: Collector) -> None:
    for _ in range(module._SETTLED + 2):
        collector.tick()
