"""Which templates are worth recognising in full: those whose printed lines a document has."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.template import Shape, Template
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import digits_of, label_keys

#: From so many lines found on they tell templates apart, and a template with so much less than the best is out.
_FEWEST, _SHARE = 20, 0.85
#: What a line counts whose number is printed though the template has none, or the other way round.
_HALF = 0.6
_LONGEST = 40


def likely_templates(views: Sequence[GridView], templates: Sequence[Template]) -> list[Template]:
    """Return the templates whose lines and line numbers of two-sided forms the tables have, all where none has."""
    labels, pairs = _lines_of(views)
    numbered = len(pairs) >= _FEWEST
    scores = [_score(t, labels, pairs, numbered=numbered) for t in templates]
    best = max(scores, default=0.0)
    if best < _FEWEST:
        return list(templates)
    return [t for t, score in zip(templates, scores, strict=True) if score >= _SHARE * best]


def _lines_of(views: Sequence[GridView]) -> tuple[set[str], set[tuple[str, int]]]:
    """Return the labels in all tables, and those with the whole number behind them."""
    labels: set[str] = set()
    pairs: set[tuple[str, int]] = set()
    for view in views:
        for row in view.rows:
            keys: tuple[str, ...] = ()
            for cell in row:
                digits = digits_of(cell.text) if len(cell.text) <= _LONGEST else ""
                if digits and len(digits) <= 2:
                    pairs.update((key, int(digits)) for key in keys)
                keys = label_keys(cell.text) if cell.text and not digits and len(cell.text) <= _LONGEST else ()
                labels.update(keys)
    return labels, pairs


def _score(template: Template, labels: set[str], pairs: set[tuple[str, int]], *, numbered: bool) -> float:
    score = 0.0
    for form in template.forms:
        for line in (ln for s in form.sides for ln in s.lines if not ln.blank) if form.shape is Shape.TWO_SIDED else ():
            keys = label_keys(line.label)
            if form.prints_line_numbers and numbered:
                score += any((key, line.no) in pairs for key in keys)
            elif labels.intersection(keys):
                score += _HALF if form.prints_line_numbers or numbered else 1.0
    return score
