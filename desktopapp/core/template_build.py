"""Builds a Template from the raw tables of its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.levels import LEVELS
from desktopapp.core.template import (
    Block,
    BlockTotal,
    Column,
    Form,
    HierarchySpec,
    LeadColumn,
    Line,
    RelationSpec,
    Shape,
    Side,
    Template,
)
from desktopapp.core.template_checks import REPORT_WORDS, check_form, check_words, unique
from desktopapp.core.template_fields import Fields

_KINDS = ("row", "column", "hierarchy", "inter_form", "across_years", "input")
_SEVERITIES = ("error", "warning")
_EACH = ("", "row", "column", "line", "class", "code")
_STYLES = ("", "total", "grand", "sub")
_LEADS = ("code", "code.class", "code.section", "code.item", "name")


def build_template(
    head: Mapping[str, Any],
    forms: Mapping[str, Mapping[str, Any]],
    relations: Mapping[str, Mapping[str, Any]],
    file: str,
    elsewhere: Elsewhere | None = None,
) -> Template:
    """Return the template described by raw tables; ``forms`` and ``relations`` map file names to their content.

    Raises TemplateError naming file, key and reason.
    """
    top = Fields(head, file)
    top.text("extends", "")
    top.texts("relations", [])
    top.texts("drop", [])
    built = [build_form(raw, name) for name, raw in forms.items()]
    unique(top, "forms", [f.id for f in built])
    order = top.texts("order", [f.id for f in built])
    if not order:
        raise top.fail("order", "至少要有一张表。")
    unique(top, "order", order)
    by_id = {f.id: f for f in built}
    for form_id in order:
        if form_id not in by_id:
            raise top.fail("order", f"没有表 {form_id}。")
    specs, sums = build_relations(relations)
    template = Template(
        id=top.text("id"),
        name=top.text("name"),
        region=top.text("region"),
        year=top.integer("year"),
        forms=tuple(by_id[i] for i in order),
        relations=tuple(specs),
        hierarchies=tuple(sums),
        report_title=top.text("report_title", "{year}年度部门决算公开"),
        settings=_settings(top),
        elsewhere=elsewhere or Elsewhere(),
    )
    top.done()
    check_words(top, "report_title", template.report_title, REPORT_WORDS)
    return template


def _settings(top: Fields) -> tuple[tuple[str, str], ...]:
    settings = top.table("settings")
    for key, label in settings.items():
        if not isinstance(label, str):
            raise top.fail(f"settings.{key}", "应填写设置的说明文字。")
    return tuple(settings.items())


def build_form(raw: Mapping[str, Any], file: str) -> Form:
    """Return one form; raises TemplateError."""
    f = Fields(dict(raw), file)
    shape = Shape(f.text("shape", choices=tuple(s.value for s in Shape)))
    sides = tuple(_side(t) for t in f.tables("side", []))
    form = Form(
        id=f.text("id"),
        mark=f.text("mark"),
        title=f.text("title"),
        shape=shape,
        orientation=f.text("orientation", choices=("portrait", "landscape")),
        unit_label=f.text("unit_label", "单位："),
        unit_line=f.text("unit_line", "单位：{unit}"),
        notes=f.texts("notes", []),
        empty_statement=f.text("empty_statement", ""),
        may_be_empty=f.flag("may_be_empty", False),
        number_head=f.text("number_head", "栏次"),
        prints_line_numbers=f.flag("prints_line_numbers", True),
        prints_column_numbers=f.flag("prints_column_numbers", True),
        sides=sides,
        lead=tuple(_lead(t) for t in f.tables("lead", [])),
        columns=tuple(_column(t) for t in f.tables("column", [])),
        blocks=tuple(_block(t) for t in f.tables("block", [])),
        total_label=f.text("total_label", ""),
        total_first=f.flag("total_first", True),
        catalogue=f.text("catalogue", "", choices=("", *LEVELS)),
        published=f.flag("published", True),
        usual=frozenset(f.texts("usual", [])),
        rare=frozenset(f.texts("rare", [])),
    )
    f.done()
    check_form(form, raw, f)
    return form


def _side(t: Fields) -> Side:
    columns = tuple(_column(c) for c in t.tables("columns"))
    unused = _unused(t, columns)
    side = Side(
        key=t.text("key", choices=("income", "expense")),
        head=t.text("head"),
        label_head=t.text("label_head", "项目"),
        number_head=t.text("number_head", "行次"),
        label_width=t.width("label_width", 60),
        number_width=t.width("number_width", 12),
        columns=columns,
        lines=tuple(_line(t, at, row) for at, row in enumerate(t.rows("lines"), 1)),
        columns_head=t.text("columns_head", ""),
        unused=unused,
    )
    t.done()
    for row in unused:
        if not any(ln.key == row for ln in side.lines):
            raise t.fail(f"unused.{row}", "没有这一行。")
    return side


def _unused(t: Fields, columns: tuple[Column, ...]) -> dict[str, frozenset[str]]:
    """Return for each line the columns it does not use."""
    known = {c.key for c in columns}
    found: dict[str, frozenset[str]] = {}
    for row, hidden in t.table("unused").items():
        if not isinstance(hidden, list) or not all(c in known for c in hidden):
            raise t.fail(f"unused.{row}", f"应填写栏的键的列表，只能是 {'、'.join(sorted(known))}。")
        found[row] = frozenset(hidden)
    return found


def _line(t: Fields, at: int, row: list[Any]) -> Line:
    where = f"lines[{at}]"
    if not 1 <= len(row) <= 4 or type(row[0]) is not int or row[0] < 0:
        raise t.fail(where, "应写成 [行次, 键, 文字, 样式]，空行只写 [行次]，不印行次时写 0。")
    if len(row) == 1:
        return Line(f"blank-{t.path}-{at}", row[0] or None, "")
    if len(row) == 2 or not all(isinstance(v, str) for v in row[1:]) or not row[1] or not row[2]:
        raise t.fail(where, "键和文字都要写明，并且是文字。")
    style = row[3] if len(row) == 4 else ""
    if style not in _STYLES:
        raise t.fail(where, f"样式只能是 {'、'.join(s for s in _STYLES if s)}。")
    return Line(row[1], row[0] or None, row[2], style)


def _column(t: Fields) -> Column:
    column = Column(
        t.text("key"),
        t.text("label"),
        t.optional_integer("no"),
        t.texts("path", []),
        t.width("width", 24),
        t.text("role", ""),
    )
    t.done()
    return column


def _lead(t: Fields) -> LeadColumn:
    lead = LeadColumn(
        t.text("kind", choices=_LEADS),
        t.text("label"),
        t.texts("path", []),
        t.width("width", 20),
        t.text("number_label", ""),
    )
    t.done()
    return lead


def _block(t: Fields) -> Block:
    rows = []
    for at, row in enumerate(t.rows("rows"), 1):
        if len(row) != 2 or not all(isinstance(v, str) for v in row):
            raise t.fail(f"rows[{at}]", "应写成 [编码, 名称]。")
        rows.append((row[0], row[1]))
    block = Block(
        key=t.text("key"),
        head=t.text("head"),
        code_head=t.text("code_head"),
        name_head=t.text("name_head"),
        amount_head=t.text("amount_head"),
        classes=t.texts("classes"),
        rows=tuple(rows),
        total=_block_total(t),
        widths=_block_widths(t),
    )
    t.done()
    return block


def _block_total(t: Fields) -> BlockTotal | None:
    raw = t.table("total")
    if not raw:
        return None
    f = Fields(raw, t.file, f"{t.path}.total")
    total = BlockTotal(f.text("key"), f.text("label"))
    f.done()
    return total


def _block_widths(t: Fields) -> tuple[int, int, int]:
    f = Fields(t.table("widths"), t.file, f"{t.path}.widths")
    widths = f.width("code", 16), f.width("name", 48), f.width("amount", 24)
    f.done()
    return widths


def build_relations(files: Mapping[str, Mapping[str, Any]]) -> tuple[list[RelationSpec], list[HierarchySpec]]:
    """Return the relations and hierarchies of relation files; a later one replaces an earlier one of the same id."""
    specs: dict[str, RelationSpec] = {}
    sums: dict[str, HierarchySpec] = {}
    for file, raw in files.items():
        top = Fields(dict(raw), file)
        for t in top.tables("relation", []):
            spec = RelationSpec(
                id=t.text("id"),
                kind=t.text("kind", choices=_KINDS),
                severity=t.text("severity", "error", choices=_SEVERITIES),
                holds=t.text("holds"),
                says=t.text("says"),
                each=t.text("each", "", choices=_EACH),
                of=t.texts("of", []),
                when=t.texts("when", []),
                needs=t.texts("needs", []),
                setting=t.text("setting", ""),
                computes=t.text("computes", ""),
                source=file,
            )
            t.done()
            specs[spec.id] = spec
            if not spec.id:
                raise t.fail("id", "关系要有编号。")
        for t in top.tables("hierarchy", []):
            hierarchy = HierarchySpec(t.text("id"), t.text("form"), t.text("root", ""), t.text("says"), file)
            t.done()
            sums[hierarchy.id] = hierarchy
        top.done()
    return list(specs.values()), list(sums.values())
