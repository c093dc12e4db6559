"""What the recognition looks for: titles, header words, lines and totals of a template's forms, folded once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.levels import LEVELS
from desktopapp.core.template import Column, Form, Shape, Side, Template
from desktopapp.readers.grid_words import fold, head_word, label_keys

_FILLED_IN = re.compile(r"\{department\}|\{year\}\s*年?度?")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column of amounts as the header shows it: words from the outside in, the last one its own label."""

    key: str
    part: int
    words: tuple[str, ...]
    number: int | None

    @property
    def label(self) -> str:
        """Return the folded label of the column itself."""
        return self.words[-1]


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A printed line: its key, number and the ways in which its label may be written."""

    key: str
    no: int | None
    label: str
    keys: tuple[str, ...]
    blank: bool


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One form of one template, prepared for comparison.

    ``head_words`` are all words of its header, ``lines`` the lines of each side, ``totals`` (key, folded label) of the
    closing lines, ``groups`` the words that stand only above other header words.
    """

    template: Template
    form: Form
    title: str
    mark: str
    leaves: tuple[Leaf, ...]
    head_words: frozenset[str]
    lines: tuple[tuple[LineSpec, ...], ...]
    totals: tuple[tuple[str, str], ...]
    groups: frozenset[str]
    #: Folded titles under which other places publish the form, those of tables that are none of the nine, and those
    #: of tables that are another thing but hold its amounts.
    also: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Return how the form is called in messages: its mark, its title where it prints none."""
        return self.form.mark or _FILLED_IN.sub("", self.form.title)

    @property
    def shape(self) -> Shape:
        """Return how the form is arranged."""
        return self.form.shape

    @property
    def levels(self) -> tuple[int, ...]:
        """Return the lengths of codes of the form's classification."""
        return LEVELS.get(self.form.catalogue, ())

    def line_keys(self) -> Iterator[str]:
        """Yield all ways in which lines may be labelled."""
        for side in self.lines:
            for line in side:
                yield from line.keys


def form_specs(template: Template) -> tuple[FormSpec, ...]:
    """Return the forms of a template prepared for comparison."""
    return tuple(_spec(template, form) for form in template.forms)


def title_core(title: str) -> str:
    """Return the folded title of a form without year and department."""
    return fold(_FILLED_IN.sub("", title))


def _spec(template: Template, form: Form) -> FormSpec:
    leaves = tuple(_leaves(form))
    return FormSpec(
        template=template,
        form=form,
        title=title_core(form.title),
        mark=fold(form.mark),
        leaves=leaves,
        head_words=frozenset(_head_words(form, leaves)),
        lines=tuple(_lines(side) for side in form.sides),
        totals=tuple((t.key, fold(t.label)) for t in form.totals()),
        groups=frozenset(w for leaf in leaves for w in leaf.words[:-1]) - {leaf.label for leaf in leaves},
        also=frozenset(map(fold, template.elsewhere.titles.get(form.id, ()))),
        others=frozenset(map(fold, template.elsewhere.others)),
        within=frozenset(map(fold, template.elsewhere.within.get(form.id, ()))),
    )


def _leaves(form: Form) -> Iterator[Leaf]:
    if form.shape is Shape.TWO_SIDED:
        for part, side in enumerate(form.sides):
            above = (side.head, side.columns_head)
            yield from (_leaf(c, part, (*above, *c.path, c.label)) for c in side.columns)
    elif form.shape is Shape.BLOCKS:
        column = form.columns[0]
        for part, block in enumerate(form.blocks):
            yield _leaf(column, part, (block.head, block.amount_head))
    else:
        yield from (_leaf(c, 0, (*c.path, c.label)) for c in form.columns)


def _leaf(column: Column, part: int, words: Sequence[str]) -> Leaf:
    return Leaf(column.key, part, tuple(head_word(w) for w in words if w), column.no)


def _head_words(form: Form, leaves: Sequence[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        yield from leaf.words
    for side in form.sides:
        yield from (head_word(w) for w in (side.head, side.label_head, side.number_head, side.columns_head) if w)
    for lead in form.lead:
        yield from (head_word(w) for w in (*lead.path, lead.label, lead.number_label) if w)
    for block in form.blocks:
        yield from (head_word(w) for w in (block.head, block.code_head, block.name_head, block.amount_head) if w)
    if form.number_head:
        yield head_word(form.number_head)


def _lines(side: Side) -> tuple[LineSpec, ...]:
    return tuple(
        LineSpec(ln.key, ln.no, ln.label, () if ln.blank else label_keys(ln.label), ln.blank) for ln in side.lines
    )
