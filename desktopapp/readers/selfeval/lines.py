"""Reads self-evaluation forms from plain lines, where all that is left of a table are its texts in reading order.

An indicator is a name with points in brackets, or a name with points in a column, and behind it target, actual and
score. What was wrapped stands on several lines; labels of levels stand before the first name of their group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from desktopapp.core.performance.selfeval import FormKind
from desktopapp.core.performance.wording import bare_words
from desktopapp.readers.selfeval.draft import Draft, Left, ReadForm
from desktopapp.readers.selfeval.levels import Entry
from desktopapp.readers.selfeval.rows import Line
from desktopapp.readers.selfeval.words import Words, clean, label, points, split_weight

#: A form without its notes is at most this many lines long.
_LONGEST = 1_500
_PART = re.compile(r"^[#*\s]*第[一二三四五六七八九十]部分")
_PAGE = re.compile(r"^[-—–－\s]*\d{0,4}[-—–－\s]*$")
_AMOUNT = r"(-?\d[\d,，]*(?:\.\d+)?)"
_AMOUNTS = re.compile(rf"(?:^|\s){_AMOUNT}\s+{_AMOUNT}\s+(\d+(?:\.\d+)?\s*%)\s+(\d+(?:\.\d+)?)(?:\s|$)")
_VALUE = re.compile(r"[≥≤><＞＜﹥﹤=]?\s*-?\d|\d{4}年")
_DATE = re.compile(r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?")
_UNIT = re.compile(r"[^\d≥≤><＞＜]{1,4}")
_POINTS_ONLY = re.compile(r"[（(]\s*\d{1,3}(?:\.\d+)?\s*分\s*[)）]")


@dataclass(slots=True)
class _Body:
    """The indicator lines while they are read: text that waits for its values, and the columns of values."""

    columns: tuple[str, ...]
    waiting: list[str] = field(default_factory=list)
    where: str = ""


class LineReader:
    """Reads forms from the lines of a text."""

    def __init__(self, words: Words) -> None:
        self._words = words
        one = "|".join(map(re.escape, words.level1))
        two = "|".join(map(re.escape, words.level2))
        weight = r"(?:[（(]?\d+(?:\.\d+)?分[)）]?)?"
        self._level1 = re.compile(rf"(?:{one})指标{weight}")
        self._level2 = re.compile(rf"[^（(，。、：]{{0,4}}(?:{two})[^（(，。、：\d]{{0,6}}?指标{weight}")

    def read(self, lines: Sequence[Line]) -> list[ReadForm]:
        """Return the forms in their order."""
        kept = [line for line in lines if not _PAGE.match(line.text)]
        starts = [i for i in range(len(kept)) if self._starts(kept, i)]
        forms = []
        for start, after in pairwise([*starts, len(kept)]):
            found = self._form(kept, start, min(after, start + _LONGEST))
            if found is not None and found.form.indicators:
                forms.append(found)
        return forms

    def _starts(self, lines: Sequence[Line], at: int) -> bool:
        """Tell whether a form's head begins with a line: 项目名称 or 单位名称 with a value, and a table behind it."""
        first = lines[at].text.split()[0]
        if self._exact(first) not in ("name_project", "name_department") or "：" in first:
            return False
        joined = "".join(re.sub(r"\s", "", line.text) for line in lines[at : at + 60])
        if not all(any(w in joined for w in self._words.columns.lists[c]) for c in ("level1", "name", "actual")):
            return False
        return self._title(lines, at)[0] != ""

    def _exact(self, token: str) -> str:
        """Return which label a token is, without allowing for slips."""
        return self._words.labels.which(token) if self._words.labels.exactly(label(token)) else ""

    def _title(self, lines: Sequence[Line], at: int) -> tuple[str, str, str]:
        """Return title, its place and the date from the lines above a form's head."""
        title, where, date = "", "", ""
        for back in range(at - 1, max(-1, at - 8), -1):
            text = lines[back].text
            if any(w in text for w in self._words.labels.lists["filled_on"]):
                found = _DATE.search(text)
                date = re.sub(r"\s", "", found.group()) if found else date
            elif any(w in label(text) for w in self._words.title):
                title, where = text, lines[back].where
                before = lines[back - 1].text if back else ""
                if not re.search(r"\d{4}|《", text) and re.search(r"\d{4}\s*年", before) and len(before) < 50:
                    title, where = before + title, lines[back - 1].where
                break
        return title, where, date

    # ── one form ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _form(self, lines: Sequence[Line], start: int, end: int) -> ReadForm | None:
        title, where, date = self._title(lines, start)
        draft = Draft(self._words, title, where)
        whole = any(w in title for w in self._words.department_title)
        draft.kind = FormKind.DEPARTMENT if whole else FormKind.PROJECT
        if date:
            draft.head["filled_on"] = date
        end = next((i for i in range(start + 1, end) if self._ends(lines[i].text)), end)
        table = self._first(lines, start, end, self._words.columns.lists["level1"])
        money = self._first(lines, start, table, self._words.labels.lists["execution"])
        self._head(draft, lines[start:money])
        self._execution(draft, lines[money:table])
        total = self._first(lines, table, end, self._words.labels.lists["total"])
        self._indicators(draft, lines[table:total])
        self._tail(draft, lines[total:end])
        return draft.finish()

    def _ends(self, text: str) -> bool:
        first = label(re.split(r"[:：]", text, maxsplit=1)[0])
        return bool(_PART.match(text)) or first in self._words.notes

    def _first(self, lines: Sequence[Line], start: int, end: int, words: Sequence[str]) -> int:
        """Return the first line that begins with one of some words, wrapped or not; ``end`` when there is none."""
        for at in range(start, end):
            joined = bare_words("".join(line.text for line in lines[at : at + 3]))
            first = bare_words(lines[at].text.split()[0])
            if any(joined.startswith(w) and (w.startswith(first) or first.startswith(w)) for w in words):
                return at
        return end

    def _head(self, draft: Draft, lines: Sequence[Line]) -> None:
        """Take what stands behind each label of the head, up to the next label."""
        key, value, where = "", "", ""
        for line in lines:
            for token in line.text.split():
                found = self._exact(token)
                if found and found not in ("goal", "indicators", "total"):
                    if key:
                        draft.take(key, value, key, where)
                    key, value, where = found, "", line.where
                else:
                    value = clean(f"{value} {token}")
        if key:
            draft.take(key, value, key, where)

    def _execution(self, draft: Draft, lines: Sequence[Line]) -> None:
        joined = "".join(re.sub(r"\s", "", line.text) for line in lines)
        draft.note_unit(joined)
        weight = re.search(r"[（(](\d{1,3}(?:\.\d+)?)分[)）]", joined) or re.search(r"(\d{1,3})分[*×]执行率", joined)
        draft.weigh(points(weight[1]) if weight else None)
        for line in lines:
            m = _AMOUNTS.search(line.text)
            if m:
                draft.execute({"budget": m[1], "executed": m[2], "rate": m[3].replace(" ", ""), "score": m[4]})

    # ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _indicators(self, draft: Draft, lines: Sequence[Line]) -> None:
        begin = self._header_end(lines)
        body = _Body(self._columns(lines[:begin]))
        for line in lines[begin:]:
            if _POINTS_ONLY.fullmatch(line.text.strip()) and not body.waiting and self._weigh_last(draft, line.text):
                continue
            name, values = self._values(line.text.split(), body.columns)
            if not body.waiting:
                body.where = line.where
            if values is None:
                body.waiting.append(line.text)
                continue
            text = re.sub(r"\s", "", clean("".join([*body.waiting, name])))
            body.waiting = []
            self._entry(draft, text, values, body.where)
        if body.waiting:
            draft.left.append(Left(clean("".join(body.waiting)), body.where))

    def _header_end(self, lines: Sequence[Line]) -> int:
        """Return the line behind the header; its words stand on one line or on many."""
        known = [bare_words(w) for words in self._words.columns.lists.values() for w in words]
        at = 0
        while at < len(lines):
            tokens = [label(t) for t in lines[at].text.split()]
            if not all(len(t) <= 1 or any(t in w for w in known) for t in tokens):
                return at
            at += 1
        return at

    def _columns(self, header: Sequence[Line]) -> tuple[str, ...]:
        """Return the fields of values in the order of the header."""
        joined = bare_words("".join(line.text for line in header))
        places = {}
        for key in ("target", "actual", "weight", "score"):
            found = [joined.rfind(w) for w in self._words.columns.lists[key] if w in joined]
            if found:
                places[key] = max(found)
        fields = tuple(sorted(places, key=lambda k: places[k]))
        return fields if {"target", "actual"} <= set(fields) else ("target", "actual", "score")

    def _values(self, tokens: Sequence[str], columns: Sequence[str]) -> tuple[str, dict[str, str] | None]:
        """Return the part of a line that belongs to the name, and the values behind it when the line has them all."""
        weighed = [i for i, t in enumerate(tokens) if split_weight(t)[1] is not None]
        cut = weighed[-1] + 1 if weighed else 0
        values = _joined_units(tokens[cut:])
        if not weighed and len(values) > len(columns):
            cut = len(values) - len(columns)
            name, values = "".join(values[:cut]), values[cut:]
        else:
            name = "".join(tokens[:cut])
        numeric = [v for v, c in zip(values, columns, strict=False) if c in ("score", "weight")]
        if len(values) != len(columns) or any(points(v) is None for v in numeric):
            return "", None
        if not weighed and not _VALUE.match(values[0]) and not name:
            return "", None
        return name, dict(zip(columns, values, strict=True))

    def _weigh_last(self, draft: Draft, text: str) -> bool:
        """Give points that stand alone to the indicator before, which has none."""
        last = draft.entries[-1] if draft.entries else None
        if last is None or last.weight is not None:
            return False
        last.weight = split_weight(text.strip())[1]
        return True

    def _entry(self, draft: Draft, text: str, values: dict[str, str], where: str) -> None:
        entry = Entry("", values["target"], values["actual"], goal=draft.goal, where=where)
        m = self._level1.match(text)
        if m and len(m.group()) < len(text):
            entry.level1, entry.points1 = split_weight(m.group(), bare=True)
            text = text[m.end() :]
        m = self._level2.match(text)
        if m and len(m.group()) < len(text):
            entry.level2, entry.points2 = split_weight(m.group(), bare=True)
            text = text[m.end() :]
        entry.name, entry.weight = split_weight(text)
        if "weight" in values:
            entry.weight = points(values["weight"])
        entry.score = points(values["score"]) if "score" in values else None
        draft.entries.append(entry)

    # ── behind the table ────────────────────────────────────────────────────────────────────────────────────────────
    def _tail(self, draft: Draft, lines: Sequence[Line]) -> None:
        """Take the total and the two texts below the indicators."""
        if not lines:
            return
        numbers = [t for line in lines[:2] for t in line.text.split() if points(t) is not None]
        draft.total = points(numbers[0]) if numbers else None
        joined = clean("\n".join(line.text for line in lines))
        causes = re.search(r"偏差[^。，；]{0,16}?原\s*因\s*分\s*析", joined)
        measures = re.search(r"改进措施\s*及\s*结果应用\s*方案|改进措施", joined[causes.end() if causes else 0 :])
        shift = causes.end() if causes else 0
        if causes:
            draft.texts["causes"] = joined[shift : shift + measures.start() if measures else None].strip()
        if measures:
            draft.texts["measures"] = joined[shift + measures.end() :].strip()


def _joined_units(tokens: Sequence[str]) -> list[str]:
    """Return tokens with units joined to the figure they were parted from: ≥100 个 → ≥100个."""
    values: list[str] = []
    for token in tokens:
        if values and _VALUE.match(values[-1]) and values[-1][-1].isdigit() and _UNIT.fullmatch(token):
            values[-1] += token
        else:
            values.append(token)
    return values
