"""Hypothesis strategies for whole reports: any template, rows from the catalogue, any amounts, typed or not."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, LARGEST, PUBLISHED_GRAIN
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Form, Shape
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.template_files import list_templates
from tests.generators import the_template


class DrawnReport(Report):
    """A report that a failing property can print: whole templates would fill pages."""

    __slots__ = ()

    def __repr__(self) -> str:
        rows = {form_id: {key: found.name(key) for key in found} for form_id, found in self.rows.items() if len(found)}
        rows = {form_id: found for form_id, found in rows.items() if not self.template.form(form_id).blocks}
        head = f"{self.template.id} {self.year} {self.department!r}"
        return f"<{head} {self.amounts} {rows} {self.grains} {self.settings}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Hypothesis prints dataclasses field by field unless it is told how."""
        printer.text(repr(self))


#: Characters of departments and names: Chinese ones, brackets, what formulas begin with, digits and letters.
_TEXT = "武汉市数据局办公室（政务）机关服务中心、“”·-=+@'1A"


@cache
def _codes(year: int, catalogue: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of everything a catalogue holds."""
    catalogues = load_catalogues(resource_root() / "codes", year)
    found = catalogues.functional if catalogue == "functional" else catalogues.economic
    return tuple((entry.code, entry.name) for entry in found.entries)


def texts(least: int = 0) -> st.SearchStrategy[str]:
    """Return short texts that begin and end with a visible character and are more than digits."""
    return st.text(_TEXT, min_size=least, max_size=12).filter(lambda t: t == "" or not t.isdigit())


def amounts(grain: int) -> st.SearchStrategy[int]:
    """Return amounts in 分 other than zero, mostly of ordinary size, negative ones among them."""
    ordinary = st.integers(-(10**9), 10**11)
    whole = ordinary if grain == EXACT_GRAIN else ordinary.map(lambda a: a // grain * grain)
    largest = st.integers(-LARGEST // grain, LARGEST // grain).map(lambda a: a * grain)
    return st.one_of(whole, whole, whole, largest).filter(bool)


@st.composite
def reports(draw: st.DrawFn, *, template_id: str | None = None) -> Report:
    """Return a report with any rows and amounts; nothing in it need add up."""
    ids = list_templates(resource_root() / "templates")
    template = the_template(template_id or draw(st.sampled_from(ids)))
    report = new_report(template, draw(st.integers(2017, 2031)), draw(texts()))
    for form in template.forms:
        if not form.published:
            continue
        if draw(st.booleans()):
            report.grains[form.id] = draw(st.sampled_from((EXACT_GRAIN, PUBLISHED_GRAIN)))
        if form.shape is Shape.CODES:
            _add_rows(draw, report, form, draw(st.integers(0, 8)))
        elif form.shape is Shape.BLOCKS and draw(st.booleans()):
            _change_blocks(draw, report, form)
        _fill(draw, report, form)
    for key, _ in template.settings:
        if draw(st.booleans()):
            report.settings[key] = True
    return DrawnReport(
        template,
        report.year,
        report.department,
        report.amounts,
        rows=report.rows,
        grains=report.grains,
        settings=report.settings,
    )


def _add_rows(draw: st.DrawFn, report: Report, form: Form, most: int) -> None:
    rows = report.rows_of(form.id)
    pool = _codes(report.template.year, form.catalogue)
    for code, name in sorted(draw(st.lists(st.sampled_from(pool), max_size=most, unique=True))):
        own = draw(st.one_of(st.just(name), texts()))
        rows.insert(code, own, len(rows))
        if draw(st.integers(0, 9)) == 0:
            # A report may hold a row twice: an imported one keeps what its source says.
            rows.insert(f"{code}#2", own, len(rows))


def _change_blocks(draw: st.DrawFn, report: Report, form: Form) -> None:
    """Take a printed row out, or rename one."""
    rows = report.rows_of(form.id)
    victim = draw(st.sampled_from(list(rows)))
    if draw(st.booleans()):
        rows.remove(victim)
    else:
        rows.rename(victim, draw(texts(1)))


def _fill(draw: st.DrawFn, report: Report, form: Form) -> None:
    cells = list(report.cells(form))
    some = draw(st.lists(st.sampled_from(cells), max_size=12, unique=True)) if cells else []
    for cell in some:
        report.amounts[cell] = draw(amounts(report.grain(form.id)))
