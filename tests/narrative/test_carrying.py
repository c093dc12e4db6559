"""What comes along from last year's report beside rows and amounts."""

from __future__ import annotations

from dataclasses import replace

from desktopapp.core.performance.selfeval import FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import from_stored, to_json
from desktopapp.core.report import Report, new_report
from desktopapp.narrative.carrying import carry_forms
from desktopapp.narrative.selfeval_tables import FIELD
from tests.generators import the_template

_INDICATOR = Indicator("产出指标", "数量指标", "培训次数", target="≥4次", actual="5次", score=1000, weight=1000)
_FORM = SelfEvaluation(FormKind.PROJECT, Head(name="培训经费"), indicators=(_INDICATOR,), total=9950, causes="没有")


def last_year(*stored: object) -> Report:
    report = new_report(the_template(), 2023, "江城市数据管理局")
    report.fields[FIELD] = list(stored)
    return report


def test_forms_come_along_with_their_indicators_and_without_results() -> None:
    report = new_report(the_template(), 2024, "江城市数据管理局")
    assert carry_forms(last_year(to_json(_FORM)), report) == 1
    (form,) = (from_stored(data) for data in report.fields[FIELD])
    assert form.indicators == (replace(_INDICATOR, actual="", score=None),)
    assert (form.head.name, form.total, form.causes) == ("培训经费", None, "")


def test_what_is_no_form_stays_with_last_year() -> None:
    report = new_report(the_template(), 2024, "江城市数据管理局")
    assert carry_forms(last_year({"kind": "nothing"}, to_json(_FORM), 7), report) == 1
    assert carry_forms(last_year("nothing"), new_report(the_template(), 2024, "局")) == 0


def test_forms_that_are_there_stay() -> None:
    report = new_report(the_template(), 2024, "江城市数据管理局")
    report.fields[FIELD] = []
    assert carry_forms(last_year(to_json(_FORM)), report) == 0
    assert report.fields[FIELD] == []
