"""The words by which self-evaluation forms are recognised: data from ``templates/common/selfeval_words.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from desktopapp.core.performance.wording import bare_words
from desktopapp.core.template_fields import Fields
from desktopapp.narrative.selfeval_layouts import FormLayout

Lists = Mapping[str, tuple[str, ...]]

_POINTS = r"(\d{1,3}(?:\.\d{1,4})?)\s*分"
_WEIGHT_END = re.compile(rf"[（(]?\s*{_POINTS}\s*[)）]?\s*[:：]?\s*$")
_WEIGHT_IN_BRACKETS = re.compile(rf"[（(]\s*(?:权重)?\s*{_POINTS}\s*[)）]\s*[:：]?\s*$")
_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")
_TAGS = re.compile(r"</?(?:p|br|div|span|b|i|u|strong|em|font|td|tr)\b[^<>]*>", re.IGNORECASE)
_GAP = re.compile(r"(?<=[^\x00-\x7f])\s+(?=\S)|(?<=\S)\s+(?=[^\x00-\x7f])")
#: How alike a header must be to a known one that it is not the same as, of 100.
_ALIKE = 80


@dataclass(frozen=True, slots=True)
class Words:
    """All lists of words. ``parents`` tells of a first level which words its second levels have."""

    title: tuple[str, ...]
    department_title: tuple[str, ...]
    goal_done: tuple[str, ...]
    notes: tuple[str, ...]
    columns: Index
    execution: Index
    labels: Index
    level1: tuple[str, ...]
    level2: tuple[str, ...]
    parents: Lists
    key_work: Index
    begins: tuple[str, ...]
    overview: Lists
    overview_kinds: Lists
    overview_staff: Mapping[str, str]
    layouts: tuple[FormLayout, ...]

    def parent_of(self, level2: str) -> str:
        """Return the usual first level of a second level, empty when the words do not tell."""
        return next((p for p, words in self.parents.items() if any(w in level2 for w in words)), "")


def build_words(raw: Mapping[str, Any], file: str, layouts: tuple[FormLayout, ...] = ()) -> Words:
    """Return the words of a file's raw content, with the layouts known; raises TemplateError."""
    top = Fields(dict(raw), file)
    levels = Fields(top.table("levels"), file, "levels")
    words = Words(
        top.texts("title"),
        top.texts("department_title"),
        top.texts("goal_done"),
        top.texts("notes"),
        Index(_lists(top.table("columns"), file, "columns")),
        Index(_lists(top.table("execution"), file, "execution")),
        Index(_lists(top.table("labels"), file, "labels")),
        levels.texts("level1"),
        levels.texts("level2"),
        _lists(levels.table("parents"), file, "levels.parents"),
        Index(_lists(top.table("key_work"), file, "key_work")),
        top.texts("key_work_begins"),
        _lists(top.table("overview"), file, "overview"),
        _lists(top.table("overview_kinds"), file, "overview_kinds"),
        _texts(top.table("overview_staff"), file, "overview_staff"),
        layouts,
    )
    levels.done()
    top.done()
    return words


def _lists(raw: Mapping[str, Any], file: str, path: str) -> Lists:
    table = Fields(dict(raw), file, path)
    return {key: table.texts(key) for key in raw}


def _texts(raw: Mapping[str, Any], file: str, path: str) -> Mapping[str, str]:
    table = Fields(dict(raw), file, path)
    return {key: table.text(key) for key in raw}


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """Return a label as it is compared: without blanks, punctuation and what stands in brackets."""
    return bare_words(_BRACKETS.sub("", _BRACKETS.sub("", text))) or bare_words(text)


class Index:
    """Finds the list that a word is in, or much like a word in it; what was asked once is remembered."""

    def __init__(self, lists: Lists, alike: int = _ALIKE) -> None:
        self.lists = lists
        self._alike = alike
        self._exact: dict[str, str] = {}
        for key, words in lists.items():
            for word in words:
                self._exact.setdefault(word, key)
        self._longer = [word for word in self._exact if len(word) > 2]
        self._longest = max(map(len, self._exact), default=0) + 3
        self._known: dict[str, str] = {}

    def which(self, text: str) -> str:
        """Return the key of the list that holds the word, or one much like it; empty when there is none."""
        if len(text) > 60:
            return ""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._find(label(text))
        return found

    def _find(self, wanted: str) -> str:
        if not wanted or len(wanted) > self._longest:
            return ""
        if wanted in self._exact:
            return self._exact[wanted]
        if len(wanted) < 3:
            return ""
        near = process.extractOne(wanted, self._longer, scorer=fuzz.ratio, score_cutoff=self._alike)
        return self._exact[near[0]] if near is not None else ""

    def exactly(self, text: str) -> bool:
        """Tell whether a text is one of the words, blanks and punctuation aside."""
        return len(text) <= self._longest + 6 and bare_words(text) in self._exact


def clean(text: str) -> str:
    """Return a text without markup and without the blanks that line breaks left between Chinese characters."""
    plain = _TAGS.sub(" ", text).replace("\n", " ").replace("\u3000", " ")
    return _GAP.sub("", " ".join(plain.split()))


def points(text: str) -> int | None:
    """Return a printed number of points ("2.5", "20 分") in hundredths, None when the text is nothing else."""
    m = re.fullmatch(r"\s*[（(]?\s*(\d{1,3})(?:\.(\d{1,4}))?\s*分?\s*[)）]?\s*", text)
    if m is None:
        return None
    decimals = (m[2] or "").ljust(4, "0")
    hundredths = int(m[1]) * 100 + round(int(decimals) / 100)
    return hundredths if hundredths <= 20_000 else None


def split_weight(text: str, *, bare: bool = False) -> tuple[str, int | None]:
    """Return a label or name without the points in brackets behind it, and those points in hundredths.

    ``bare``: the brackets may be missing, as in short labels (产出指标40分).
    """
    m = (_WEIGHT_END if bare else _WEIGHT_IN_BRACKETS).search(text)
    if m is None:
        return text, None
    return text[: m.start()].strip(" :："), points(m[1])
