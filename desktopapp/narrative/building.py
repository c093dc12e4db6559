"""Puts the whole report together: cover, contents, parts with forms, text, figures, tables, attachments, telephone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.report import Report
from desktopapp.core.template import Form
from desktopapp.narrative.blocks import Place
from desktopapp.narrative.charts import build_figure, chosen
from desktopapp.narrative.document import (
    Attachment,
    Block,
    Contents,
    Cover,
    Figure,
    FormTable,
    Heading,
    PageBreak,
    ReportDocument,
    Span,
    Table,
    TableCell,
    Text,
)
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.narrative import Narrative, is_secret
from desktopapp.narrative.outline import Outline, PartSpec, SectionSpec, TableSpec
from desktopapp.narrative.plain import clean
from desktopapp.narrative.selfeval_layouts import layout_of
from desktopapp.narrative.selfeval_tables import form_table, stored_forms
from desktopapp.narrative.wording import cn

#: Report field with the office's own files: a list of {"title": …, "path": …}.
ATTACHMENTS = "attachments"


def build_document(
    report: Report,
    facts: Facts,
    outline: Outline,
    catalogues: Catalogues | None = None,
    narrative: Narrative | None = None,
) -> ReportDocument:
    """Return the whole report. Give ``narrative`` to use the sections it has made already.

    Raises TextTemplateError when a sentence template is malformed.
    """
    narrative = narrative or Narrative(report, facts, outline, catalogues)
    return _Builder(narrative).build()


class _Builder:
    def __init__(self, narrative: Narrative) -> None:
        self._narrative = narrative
        self._report = narrative.report
        self._facts = narrative.facts
        self._outline = narrative.outline
        self._figures = count(1)

    def build(self) -> ReportDocument:
        report, department = self._report, clean(self._report.department)
        title = self._outline.title.format(department=department, year=report.year)
        date = self._input("overview.date")
        blocks: list[Block] = [Cover(title, department, date), PageBreak(), Contents()]
        number = 0
        for part in self._outline.parts:
            body = list(self._part(part))
            if body:
                number += 1
                head = self._outline.part_number.format(cn=cn(number), n=number)
                blocks += [PageBreak(), Heading(1, head + self._titled(part.title), part.id), *body]
        telephone = self._input("overview.telephone")
        if telephone:
            span = Span(telephone, "overview.telephone", "live")
            blocks.append(Text((Span("联系电话："), span), "telephone#1", "contact"))
        return ReportDocument(title, department, report.year, date, tuple(blocks), self._narrative.style)

    def _input(self, address: str) -> str:
        fact = self._facts.find(address)
        return clean(fact.value) if fact is not None and isinstance(fact.value, str) else ""

    def _titled(self, title: str) -> str:
        return title.format(department=clean(self._report.department) or "部门", year=self._report.year)

    # ── parts and sections ──────────────────────────────────────────────────────────────────────────────────────
    def _part(self, part: PartSpec) -> Iterator[Block]:
        if part.kind == "forms":
            yield from self._forms()
            return
        if part.text and self._narrative.shown(SectionSpec(part.id, part.title, part.text, part.when)):
            yield from self._section(part.id)
        number = 0
        for section in part.sections:
            if self._narrative.shown(section):
                number += 1
                yield Heading(2, self._numbered(number) + self._titled(section.title), section.id)
                yield from self._section(section.id)

    def _numbered(self, number: int) -> str:
        return self._outline.section_number.format(cn=cn(number), n=number)

    def _forms(self) -> Iterator[Block]:
        for number, form in enumerate((f for f in self._report.template.forms if f.published), 1):
            yield Heading(2, self._numbered(number) + form_title(form, self._report), f"form.{form.id}")
            if is_secret(self._report, f"form.{form.id}"):
                text = self._outline.secret.format(title=form_title(form, self._report))
                yield Text((Span(text),), f"form.{form.id}#1")
            else:
                yield FormTable(form.id)

    def _section(self, section_id: str) -> Iterator[Block]:
        for piece in self._narrative.pieces(section_id):
            if isinstance(piece, Place):
                yield from self._place(piece)
            else:
                yield piece

    # ── what stands between the paragraphs ──────────────────────────────────────────────────────────────────────
    def _place(self, place: Place) -> Iterator[Block]:
        match place.kind:
            case "figure":
                yield from self._figure(place.id)
            case "table":
                spec = self._outline.table(place.id)
                if spec is not None:
                    yield from self._table(spec)
            case "form":
                if self._report.template.has_form(place.id):
                    yield FormTable(place.id)
            case "break":
                yield PageBreak()
            case "selfeval":
                yield from self._self_evaluations()
            case "attachments":
                yield from self._attachments()

    def _figure(self, figure_id: str) -> Iterator[Figure]:
        spec = self._outline.figure(figure_id)
        if spec is None or not chosen(self._report, self._outline, spec):
            return
        figure = build_figure(spec, 0, self._facts)
        if figure is not None:
            figure = build_figure(spec, next(self._figures), self._facts)
        if figure is not None:
            yield figure

    def _table(self, spec: TableSpec) -> Iterator[Table]:
        rows = self._facts.inputs.rows(spec.rows)
        if not rows:
            return
        head = tuple(TableCell(c.head, head=True, kind="centre") for c in spec.columns)
        body = tuple(
            tuple(TableCell(self._shown(spec, c.key, r, at), kind=c.kind) for c in spec.columns)
            for at, r in enumerate(rows, 1)
        )
        widths, kinds = tuple(c.width for c in spec.columns), tuple(c.kind for c in spec.columns)
        yield Table(self._titled(spec.caption), (head,), body, widths, kinds)

    def _shown(self, spec: TableSpec, key: str, row: dict[str, object], at: int) -> str:
        if key == "#":
            return str(at)
        value = row.get(key)
        column = self._facts.book.inputs[spec.rows].column(key)
        if column is not None and column.kind == "choice":
            return dict(column.choices).get(str(value or ""), "")
        if column is not None and column.kind == "amount" and isinstance(value, int):
            return self._narrative.style.amount(value)
        return clean(str(value)) if value not in (None, "") else ""

    def _self_evaluations(self) -> Iterator[Block]:
        for at, form in enumerate(stored_forms(self._report), 1):
            if at > 1:
                yield PageBreak()
            table = form_table(form, self._report.year, layout_of(form, self._outline.layouts))
            yield Heading(2, self._numbered(at) + table.caption, f"selfeval.{at}")
            yield table

    def _attachments(self) -> Iterator[Attachment]:
        listed = self._report.fields.get(ATTACHMENTS)
        for raw in listed if isinstance(listed, list) else []:
            if isinstance(raw, dict) and raw.get("path"):
                yield Attachment(clean(str(raw.get("title") or "附件")), str(raw["path"]), raw.get("listed") is True)


def form_title(form: Form, report: Report) -> str:
    """Return a form's title without the year, as the table of contents names it."""
    title = form.title.replace("{year}年度", "").replace("{year} 年度", "")
    return title.format(year=report.year, department=report.department)
