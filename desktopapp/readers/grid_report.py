"""Makes one report of all the forms found in the grids of a document, choosing the template that fits best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from desktopapp.core.amount import Unit
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, Cell, Template, TemplateError
from desktopapp.readers.grid_amounts import looks_numeric
from desktopapp.readers.grid_build import put_form
from desktopapp.readers.grid_found import Leftover, RecognisedForm
from desktopapp.readers.grid_likely import likely_templates
from desktopapp.readers.grid_reader import recognise, split_forms
from desktopapp.readers.grid_spec import FormSpec, form_specs
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.sources.errors import SourceError
from desktopapp.readers.sources.model import Cell as SourceCell
from desktopapp.readers.sources.model import Grid, Position
from desktopapp.readers.sources.watch import Watch
from desktopapp.writers.xlsx_marker import Marker

#: Score below which a sheet of our own workbook no longer holds the form it was made for.
_SURE_OF_OWN = 6.0
_MOST_EXAMPLES = 3
#: So many numbers in a row that go up by one are no amounts.
_FEWEST_COUNTED = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """One amount of the report in 分 and where in the source it comes from."""

    cell: Cell
    amount: int
    position: Position
    text: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A number or text of the source that was not taken over, where it stands, and why not.

    ``form`` is the form whose table it stands in, ``unit`` what the amounts of that table are in.
    """

    position: Position
    text: str
    reason: str
    form: str = ""
    unit: Unit = Unit.WAN


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of an import.

    ``forms`` are pairs of form id ("01", "last.01") and the name of the grid it was found in; ``warnings`` are one
    sentence each and name unplaced things too. ``own`` tells whether the workbook carried our mark.
    """

    report: Report
    forms: tuple[tuple[str, str], ...]
    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    warnings: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One grid, or the part of it that holds one form; ``offset`` is its first row in the grid."""

    grid: Grid
    view: GridView
    offset: int

    def place(self, cell: SourceCell) -> Position:
        """Return where a cell of the view is in the source."""
        return self.grid.place(replace(cell, row=cell.row + self.offset))


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found in a part; ``target`` is the form id it goes to."""

    part: Part
    form: RecognisedForm
    target: str


def choose_template(
    load: Callable[[str], Template], ids: Sequence[str], wanted: str | None
) -> tuple[list[Template], list[str]]:
    """Return the templates to try and a warning for each that cannot be used; raises SourceError when none is left."""
    templates, warnings = [], []
    for template_id in [wanted] if wanted is not None else ids:
        try:
            templates.append(load(template_id))
        except TemplateError as error:
            if wanted is not None:
                raise
            warnings.append(str(error))
    if not templates:
        raise SourceError("没有可用的报表模板，请检查程序的模板文件夹。")
    return templates, warnings


def build_report(
    grids: Sequence[tuple[Grid, Sequence[str]]],
    templates: Sequence[Template],
    *,
    marker: Marker | None = None,
    year: int | None = None,
    watch: Watch | None = None,
    warnings: Iterable[str] = (),
    told: int | None = None,
) -> ImportResult:
    """Return the report that grids hold, each with the lines of text above it.

    ``told`` is the year that the document names elsewhere, for grids that name none. The template that fits best is
    taken. Raises SourceError when no form is found, and ReadingCancelled.
    """
    watch = watch or Watch()
    views = [(grid, GridView(grid.rows, context)) for grid, context in grids]
    best: tuple[float, list[Hit]] | None = None
    if marker is None:
        templates = likely_templates([view for _, view in views], templates)
    for at, template in enumerate(templates):
        specs = form_specs(template)
        hits: list[Hit] = []
        for number, (grid, view) in enumerate(views):
            watch.step((at + number / len(views)) / len(templates), f"正在识别“{grid.name}”")
            hits += _recognise(grid, view, specs, marker)
        fits = _fit(template, hits)
        if hits and (best is None or fits > best[0]):
            best = fits, hits
    if best is None:
        raise SourceError("没有找到决算公开的表：请确认选对了文件，并保留各表的标题和表头。")
    return _Builder(best[1], [grid for grid, _ in views], marker, year, list(warnings), told).build()


def _recognise(grid: Grid, view: GridView, specs: Sequence[FormSpec], marker: Marker | None) -> Iterator[Hit]:
    for section in split_forms(view, specs):
        part = Part(grid, section, section.offset)
        known = marker.forms.get(grid.name, "") if marker is not None and section is view else ""
        found = None
        if known:
            found = recognise(section, specs, unit=Unit.WAN, form=known.removeprefix(LAST))
            # Somebody may have put another form on this sheet; then what it says counts.
            if found is not None and found.score < _SURE_OF_OWN:
                found, known = None, ""
        if found is None:
            found = recognise(section, specs, unit=Unit.WAN, name=grid.name)
        if found is not None:
            yield Hit(part, found, known or found.form_id)


def _fit(template: Template, hits: Sequence[Hit]) -> float:
    """Return how well a template fits: what was found of each form, and nearness of its year."""
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.target] = max(best.get(hit.target, 0.0), hit.form.score + hit.form.fit)
    years = [h.form.year for h in hits if h.form.year is not None]
    distance = min((abs(y - template.year) for y in years), default=3)
    return sum(best.values()) + 3 - min(distance, 3)


class _Builder:
    """Puts the hits of one template together."""

    def __init__(
        self,
        hits: list[Hit],
        grids: list[Grid],
        marker: Marker | None,
        year: int | None,
        warnings: list[str],
        told: int | None = None,
    ) -> None:
        self._told = told
        self._hits, self._grids, self._marker = hits, grids, marker
        self._template = hits[0].form.template
        self._specs = form_specs(self._template)
        self._warnings = warnings
        self._unplaced: list[Unplaced] = []
        self._year = year or self._voted_year()

    def build(self) -> ImportResult:
        marker = self._marker
        report = new_report(self._template, self._year, self._department())
        if marker is not None:
            report.settings.update((key, True) for key in marker.settings)
        chosen = self._with_unit(self._choose())
        placed: list[Placed] = []
        for hit in chosen:
            exact = marker is not None and hit.target in marker.exact
            cells = put_form(report, hit.form, hit.target, exact=exact, only_rows=marker is not None)
            placed += [Placed(c, a.fen, hit.part.place(a.source), a.source.text) for c, a in cells]
            self._report_oddities(hit)
        self._report_missing(chosen)
        forms = tuple((hit.target, hit.part.grid.name) for hit in chosen)
        return ImportResult(
            report, forms, tuple(placed), tuple(self._unplaced), tuple(self._warnings), own=marker is not None
        )

    def _name(self, form_id: str) -> str:
        """Return how a form is called in messages."""
        name = next(s.name for s in self._specs if s.form.id == form_id.removeprefix(LAST))
        return f"上年{name}" if form_id.startswith(LAST) else name

    def _voted_year(self) -> int:
        """Return the year of the titles; where two years are there in force, the later one."""
        votes = Counter(h.form.year for h in self._hits if h.form.year is not None and not h.target.startswith(LAST))
        if votes:
            most = max(votes.values())
            return max(year for year, n in votes.items() if 2 * n >= most)
        if self._marker is not None and self._marker.year is not None:
            return self._marker.year
        if self._told is not None:
            return self._told
        self._warnings.append(
            f"各表标题里没有年度，按模板的 {self._template.year} 年读取；不对的话请在报告信息里改正。"
        )
        return self._template.year

    def _department(self) -> str:
        votes = Counter(h.form.department for h in self._hits if h.form.department)
        printed = votes.most_common(1)[0][0] if votes else ""
        known = self._marker.department if self._marker is not None else ""
        # The mark keeps blanks that printed lines lose.
        if known and (not printed or "".join(known.split()) == "".join(printed.split())):
            return known
        return printed

    def _choose(self) -> list[Hit]:
        """Return one hit per form: this year's, and last year's where both years are there."""
        self._tell_apart()
        groups: dict[str, list[Hit]] = {}
        for hit in self._hits:
            groups.setdefault(hit.target, []).append(hit)
        chosen = []
        for form in self._template.forms:
            for form_id in (form.id, LAST + form.id):
                chosen += self._choose_one(form_id, groups.get(form_id, []))
        return chosen

    def _tell_apart(self) -> None:
        """Where tables without a title claim one form, give the smaller ones the next best form nobody has.

        Forms 05 and 08, for example, have the same columns; without titles only their number tells that they are two.
        """
        for at, hit in enumerate(self._hits):
            if hit.form.titled:
                continue
            rivals = [h for h in self._hits if h.target == hit.target and h is not hit]
            if not any(r.form.titled or len(r.form.amounts) > len(hit.form.amounts) for r in rivals):
                continue
            claimed = {h.target for h in self._hits}
            free = [s for s in self._specs if s.form.id not in claimed]
            other = recognise(hit.part.view, free, unit=Unit.WAN) if free else None
            if other is not None:
                self._hits[at] = Hit(hit.part, other, other.form_id)
                name = self._name(other.form_id)
                self._warnings.append(f"“{hit.part.grid.name}”没有标题，按{name}读取，请核对。")

    def _choose_one(self, form_id: str, hits: list[Hit]) -> list[Hit]:
        if not hits:
            return []
        current = [h for h in hits if h.form.year in (None, self._year)]
        before = [h for h in hits if h.form.year == self._year - 1]
        if form_id.startswith(LAST) or not current:
            best = _best(hits)
            if not form_id.startswith(LAST) and best.form.year is not None:
                self._warnings.append(
                    f"“{best.part.grid.name}”的标题是 {best.form.year} 年度，与报告的 {self._year} 年度不同，请核对。"
                )
            chosen = [best]
        else:
            chosen = [_best(current)]
            if before:
                chosen.append(replace(_best(before), target=LAST + form_id))
        for hit in hits:
            if not any(hit.form is c.form for c in chosen):
                name = self._name(form_id)
                self._warnings.append(f"“{hit.part.grid.name}”也是{name}，没有使用；请删去多余的表后再导入。")
        return chosen

    def _with_unit(self, hits: list[Hit]) -> list[Hit]:
        """Read forms that name no unit in the unit of the others; say so when nobody names one."""
        units = Counter(h.form.unit for h in hits if h.form.unit is not None)
        common = units.most_common(1)[0][0] if units else None
        done = []
        for hit in hits:
            if hit.form.unit is None and hit.form.amounts:
                mark = self._name(hit.target)
                unit = common or Unit.WAN
                self._warnings.append(f"{mark}没有写明金额单位，按{unit.value}读取，请核对。")
                if unit is not hit.form.assumed:
                    again = recognise(hit.part.view, self._specs, unit=unit, form=hit.form.form_id)
                    hit = replace(hit, form=again) if again is not None else hit
            done.append(hit)
        return done

    def _report_oddities(self, hit: Hit) -> None:
        for remark in hit.form.remarks:
            where = f"{hit.part.place(remark.source).describe()}：" if remark.source is not None else ""
            self._warnings.append(where + remark.text)
        same: dict[str, list[Unplaced]] = {}
        counting = _counting_columns(hit.form.leftovers)
        for left in hit.form.leftovers:
            if left.source.col in counting:
                continue
            unit = hit.form.unit or hit.form.assumed
            found = Unplaced(hit.part.place(left.source), left.source.text, left.reason, hit.target, unit)
            self._unplaced.append(found)
            same.setdefault(left.reason, []).append(found)
        for reason, group in same.items():
            places = "、".join(f"{u.position.describe()}“{u.text}”" for u in group[:_MOST_EXAMPLES])
            more = f"等 {len(group)} 处" if len(group) > _MOST_EXAMPLES else ""
            self._warnings.append(f"{places}{more}没有导入：{reason}")

    def _report_missing(self, chosen: Sequence[Hit]) -> None:
        found = {hit.target for hit in chosen}
        missing = [self._name(f.id) for f in self._template.forms if f.published and f.id not in found]
        if missing:
            self._warnings.append(f"没有找到{'、'.join(missing)}，这些表为空。")
        used = {id(hit.part.grid) for hit in self._hits}
        for grid in self._grids:
            if id(grid) not in used and any(looks_numeric(c) for c in grid.cells()):
                self._warnings.append(f"“{grid.name}”没有认出是哪张表，没有导入；需要时请补上该表的标题和表头。")


def _counting_columns(leftovers: Sequence[Leftover]) -> set[int]:
    """Return the columns that do nothing but count 1, 2, 3: line numbers under a heading that no template prints."""
    columns: dict[int, list[Leftover]] = {}
    for left in leftovers:
        columns.setdefault(left.source.col, []).append(left)
    found = set()
    for col, entries in columns.items():
        texts = [e.source.text.strip() for e in sorted(entries, key=lambda e: e.source.row)]
        if len(texts) >= _FEWEST_COUNTED and all(t.isascii() and t.isdigit() for t in texts):
            numbers = [int(t) for t in texts]
            if all(b - a == 1 for a, b in pairwise(numbers)):
                found.add(col)
    return found


def _best(hits: Sequence[Hit]) -> Hit:
    return max(hits, key=lambda h: (h.form.score + h.form.fit, len(h.form.amounts)))
