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
    gc.collect()
    made = Collector()
    yield made
    gc.unfreeze()
    gc.enable()


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


def test_portions_stay_small_while_a_job_makes_a_lot(collector: Collector) -> None:
    collector.start()
    assert not gc.isenabled()
    many = left_behind(2 * module._BUSY)
    collector.tick()
    assert many() is None
    assert collector._timer.interval() == module._BUSY_TICK_MS
    collector.tick()
    assert collector._timer.interval() == module._TICK_MS


def test_what_a_report_has_left_to_collect_waits_until_it_is_set_aside(collector: Collector) -> None:
    collector.start()
    held = Knot()
    kept, built = weakref.ref(held), [Knot() for _ in range(2 * module._PORTION)]
    collector.report_changed(gone=False)
    collector.tick()
    assert built
    del held
    settle(collector)
    for _ in range(module._LONG_QUIET + 3):
        collector.tick()
    assert kept() is not None
    collector.report_changed(gone=True)
    settle(collector)
    assert kept() is None


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
