"""Which forms supply the rows, lines, classes, codes or columns that a relation is repeated for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Form, RelationSpec, Shape, Side, Template, TemplateError


class Source:
    """One form, or one side of it ("04.expense"), that supplies what a relation is repeated for."""

    def __init__(self, text: str, spec: RelationSpec, template: Template) -> None:
        self.form_id, _, side_key = (text, "", "") if text.startswith(LAST) else text.partition(".")
        self._each = spec.each
        self._form = template.form(self.form_id) if template.has_form(self.form_id) else None
        sides = self._form.sides if self._form is not None else ()
        if self._form is not None and side_key and not any(s.key == side_key for s in sides):
            raise TemplateError(spec.source, f"relation.{spec.id}.of", f"没有“{text}”这一边。")
        self._printed = tuple(_printed_keys(spec.each, self._form, [s for s in sides if side_key in ("", s.key)]))
        self._known = frozenset(self._printed)
        self._floating = self._form is not None and self._form.has_code_rows and spec.each in ("row", "class", "code")

    @property
    def absent(self) -> bool:
        """Tell whether the template has no such form."""
        return self._form is None

    def keys(self, report: Report) -> Iterable[str]:
        """Return the keys that the form supplies."""
        if not self._floating or self._form is None:
            return self._printed
        if self._each == "row":
            return report.row_keys(self._form, self.form_id)
        return [r for r in report.rows_of(self.form_id) if self._each == "code" or len(r) == 3]

    def supplies(self, report: Report, key: str) -> bool:
        """Tell whether the form supplies a key."""
        if not self._floating or self._form is None:
            return key in self._known
        if self._each == "row":
            return report.has_row(self._form, self.form_id, key)
        if self._each == "class" and len(key) != 3:
            return False
        rows = report.rows.get(self.form_id)
        return rows is not None and key in rows


def _printed_keys(each: str, form: Form | None, sides: Sequence[Side]) -> Iterator[str]:
    """Yield the keys that a form supplies in every report."""
    if form is None:
        return
    if each == "column":
        yield from (c.key for s in sides for c in s.columns) if form.sides else (c.key for c in form.columns)
    elif form.shape is Shape.TWO_SIDED:
        lines = [ln for s in sides for ln in s.lines]
        yield from (ln.key for ln in lines if (not ln.blank if each == "line" else ln.is_class))
    elif form.shape is Shape.SINGLE and each == "row":
        yield from form.fixed_rows()
