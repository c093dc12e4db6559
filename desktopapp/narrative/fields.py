"""Keys of the report's fields that hold text; apart from what works with them, which takes long to load."""

from __future__ import annotations

#: An office's own wording of a section (text.income): text with placeholders, a paragraph on each line.
TEXT_FIELD = "text."
#: The ids of the sections that are withheld as classified.
SECRET_FIELD = "classified"
#: The text that came with an imported report: a list of [place, text].
SOURCE_TEXT = "source.text"
