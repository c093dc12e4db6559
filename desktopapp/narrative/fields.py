"""Names that screens ask for early; apart from what works with them, which takes long to load."""

from __future__ import annotations

#: An office's own wording of a section (text.income): text with placeholders, a paragraph on each line.
TEXT_FIELD = "text."
#: The ids of the sections that are withheld as classified.
SECRET_FIELD = "classified"
#: The text that came with an imported report: a list of [place, text].
SOURCE_TEXT = "source.text"
#: The self-evaluation forms: a list of JSON objects.
SELFEVAL = "selfeval"
#: The grades of self-evaluation that the office set, "优=90|良=80".
GRADES = "selfeval_grades"
#: Rule of findings about text that still has to be filled in.
MISSING = "text.missing"
#: How the office wants numbers written.
NUMBERS = "numbers"
