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
class Elsewhere:
    """Other titles by form, titles of tables that are no forms, other labels by form and line, other columns."""

    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    columns: tuple[OtherColumns, ...] = ()

    def columns_of(self, form: str, header: str, known: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that a header without blanks shows for a form, empty for those of the template.

        ``known`` are the keys of the template's columns in printed order.
        """
        found = (c for c in self.columns if c.form == form and c.sign.search(header))
        printed = next((c.columns for c in found), ())
        columns = tuple(key if key in known else "" for key in printed)
        return () if columns == tuple(known) else columns
