"""How other places and years word and arrange the same forms: what readers know beside what a template prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OtherColumns:
    """Columns of a form in another arrangement, recognised by its header.

    ``columns`` are keys in printed order, "" for a column that no template has; several equal keys make one sum.
    """

    form: str
    sign: re.Pattern[str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A label, sought as a regular expression, and the key that it stands for in a form.

    ``column`` is the word in the heading of its column where a list has one for it.
    """

    form: str
    key: str
    label: re.Pattern[str]
    column: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other titles by form, titles of tables that are no forms, other labels by form and line, other columns.

    ``budgets`` are words in the headings of budget columns that stand before the outturn, ``beside`` words in the
    heading of a part of a two-sided form that is not published, ``published`` words in that of one that is.
    ``unpublished`` are, by form, words in the headings of further columns whose amounts are not published; ``within``,
    by form, titles of tables that are another thing but hold the form's amounts in some of their lines. ``items`` and
    ``halves`` name the rows of a form that is printed with a row for each column, ``totals`` the totals of its halves.
    """

    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    columns: tuple[OtherColumns, ...] = ()
    budgets: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    unpublished: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: tuple[Wording, ...] = ()
    halves: tuple[Wording, ...] = ()
    totals: tuple[Wording, ...] = ()

    def printed(self, form: str, header: str) -> tuple[str, ...]:
        """Return the columns that a header without blanks shows for a form, empty where it shows no other ones."""
        return next((c.columns for c in self.columns if c.form == form and c.sign.search(header)), ())

    def columns_of(self, form: str, header: str, known: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that a header shows, "" for those not ``known``; empty for the known ones in order.

        ``known`` are the keys of the template's columns in printed order.
        """
        columns = tuple(key if key in known else "" for key in self.printed(form, header))
        return () if columns == tuple(known) else columns

    def item_of(self, form: str, label: str) -> str | None:
        """Return the column, less its half, that a folded label names, "" for none of the form's, None for others.

        A bare 小计 belongs to the label above it: pass the words above and the word itself joined.
        """
        return next((w.key for w in self.items if w.form == form and w.label.search(label)), None)

    def half_of(self, form: str, label: str) -> str | None:
        """Return the prefix of the columns that a label speaks of, "" for none of the form's, None for other labels."""
        return next((w.key for w in self.halves if w.form == form and w.label.search(label)), None)

    def prefixes(self, form: str) -> tuple[str, ...]:
        """Return the prefixes of the halves of a form."""
        return tuple(dict.fromkeys(w.key for w in self.halves if w.form == form and w.key))

    def totals_of(self, form: str) -> tuple[Wording, ...]:
        """Return the totals of the halves of a form."""
        return tuple(w for w in self.totals if w.form == form)
