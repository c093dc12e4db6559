"""The words by which one form names its columns where they are printed as rows: in a header, before a row."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.core.elsewhere import Elsewhere


@dataclass(frozen=True, slots=True)
class RowWords:
    """What labels of one form say."""

    elsewhere: Elsewhere
    form: str

    def item(self, label: str) -> str | None:
        """Return the column, less its half, that a folded label names, "" for none of the form's, None for others."""
        return self.elsewhere.item_of(self.form, label)

    def half(self, label: str) -> str | None:
        """Return the prefix of the columns that a label speaks of, "" for none of the form's, None for others."""
        return self.elsewhere.half_of(self.form, label)

    @property
    def halves(self) -> tuple[str, ...]:
        """Return the prefixes of the halves."""
        return self.elsewhere.prefixes(self.form)
