"""Names and texts that spreadsheets accept: sheet names, cell texts that no program takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable

from desktopapp.core.template import LAST, Form

_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FILLED_IN = re.compile(r"\{department\}|\{year\}\s*年?度?")
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
#: What spreadsheets take for the start of a formula when a text file is opened; some take the full-width signs too.
_FORMULA_START = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def sheet_names(forms: Iterable[tuple[str, Form]]) -> dict[str, str]:
    """Return form id → sheet name: mark and short title, unique, at most 31 characters and without illegal ones."""
    names: dict[str, str] = {}
    taken: set[str] = {"history"}  # Excel keeps this name for itself.
    for form_id, form in forms:
        short = _FILLED_IN.sub("", form.title).strip()
        whole = f"{form.mark} {short}".strip()
        if form_id.startswith(LAST):
            whole = f"上年{whole}"
        names[form_id] = _free(_ILLEGAL.sub("", whole).strip(" '") or form_id, taken)
    return names


def free_name(title: str, taken: set[str]) -> str:
    """Return a sheet name for a title that differs from all taken ones (in lower case), which it joins."""
    return _free(_ILLEGAL.sub("", title).strip(" '") or "表", taken)


def _free(name: str, taken: set[str]) -> str:
    candidate, number = _cut(name, _LONGEST_NAME), 1
    while candidate.casefold() in taken:
        number += 1
        tail = f"({number})"
        candidate = _cut(name, _LONGEST_NAME - len(tail)) + tail
    taken.add(candidate.casefold())
    return candidate


def _cut(name: str, length: int) -> str:
    """Return the name cut to a length in UTF-16 units, which is what spreadsheets count."""
    while len(name.encode("utf-16-le")) // 2 > length:
        name = name[:-1]
    return name.rstrip(" '")


def quoted(sheet: str) -> str:
    """Return a sheet name as it stands in formulas."""
    return "'" + sheet.replace("'", "''") + "'"


def safe_text(text: str) -> str:
    """Return a text that stays a text, also when the sheet is saved as CSV and opened again.

    A text that starts like a formula gets an apostrophe in front; the import takes it away again.
    """
    if len(text) > 1 and _FORMULA_START.match(text):
        text = "'" + text
    return text[:_LONGEST_TEXT]


def original_text(text: str) -> str:
    """Return the text that ``safe_text`` made safe."""
    return text[1:] if text.startswith("'") and _FORMULA_START.match(text) else text
