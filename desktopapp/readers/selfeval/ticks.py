"""The ticked option of a row of options, however the tick was printed."""

from __future__ import annotations

import re

_INPUT = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_ON = "☑☒✓✔√■●◉🗹◼▣"
_OFF = "□☐○◯▢◻"
_MARK = re.compile(rf"[（(\[]?\s*([{_ON}{_OFF}])\s*[)）\]]?")
_NUMBER = re.compile(r"^\s*(?:[（(]?\d{1,2}\s*[)）.、．]|[①-⑳])\s*")

#: The number of the next option, where ticks stand before their options.
_NEXT = re.compile(r"(?:^|\s)\d{1,2}\s*[、.．]$")


def ticked(text: str) -> str:
    """Return the ticked option; a text without any box or tick is its own answer, one without a tick none."""
    plain = _INPUT.sub(lambda m: "☑" if re.search(r"\bchecked\b", m.group()) else "□", text)
    marks = list(_MARK.finditer(plain))
    if not marks:
        return _option(plain)
    before = not _NUMBER.sub("", plain[: marks[0].start()]).strip(" \u3000")
    ends = [*(m.start() for m in marks[1:]), len(plain)] if before else [m.start() for m in marks]
    starts = [m.end() for m in marks] if before else [0, *(m.end() for m in marks[:-1])]
    for mark, start, end in zip(marks, starts, ends, strict=True):
        if mark[1] in _ON:
            options = re.split(r"\s+(?=\d{1,2}[、.．])", plain[start:end].strip())
            return _option(options[0] if before else options[-1])
    return ""


def _option(text: str) -> str:
    return _NEXT.sub("", _NUMBER.sub("", text.strip(" 、，,；;"))).strip(" 、，,；;")
