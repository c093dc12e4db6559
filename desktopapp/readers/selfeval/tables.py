"""Reads self-evaluation forms from the rows of tables, whichever tables a form was broken into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from desktopapp.core.performance.measures import signed_target
from desktopapp.core.performance.selfeval import FormKind
from desktopapp.readers.selfeval.align import align
from desktopapp.readers.selfeval.draft import PLAIN, TICKED, Draft, Left, ReadForm
from desktopapp.readers.selfeval.header import (
    EXECUTION_MISSING,
    MISSING,
    Header,
    IndicatorFit,
    execution_fit,
    execution_header,
    indicator_header,
    is_fragment,
)
from desktopapp.readers.selfeval.levels import Entry
from desktopapp.readers.selfeval.rows import Line, Piece, Row
from desktopapp.readers.selfeval.words import Words, label, points, split_weight

_GOAL_NUMBER = re.compile(r"(?:目标|指标)\s*[（(]?\s*(\d{1,2})\s*[)）]?(?!\s*\d*\.?\d*\s*分)")
_GOAL_SCORE = re.compile(r"[（(]\s*得(?:分)?\s*[:：]?\s*(\d{1,3}(?:\.\d{1,4})?)?\s*分?\s*[)）]\s*$")
_DATE = re.compile(r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?")
_PAGE = re.compile(r"[-—–－\s]*\d{0,4}[-—–－\s]*")
_PAIRED = (*PLAIN, *TICKED, "filled_on", "basic_total", "project_total")
#: A row costs at most this much to be an indicator; beyond it its texts suit the columns too badly.
_MOST = 9.0


@dataclass(slots=True)
class _Names:
    """The title lines that were read since the last form."""

    title: str = ""
    where: str = ""
    date: str = ""


class TableReader:
    """Reads the forms of a document from its rows and the lines between its tables."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._fit = IndicatorFit(words)
        self._draft: Draft | None = None
        self._ahead = _Names()
        self._header: Header | None = None
        self._state = ""
        self._interrupted = False
        self._asks_done = False
        self._last: tuple[Row, tuple[dict[str, str], list[Piece], float]] | None = None
        self._forms: list[ReadForm] = []

    def read(self, events: Iterable[Row | Line]) -> list[ReadForm]:
        """Return the forms in the order of the document."""
        for event in events:
            if isinstance(event, Line):
                self._line(event)
            else:
                self._row(event)
        self._close()
        return self._forms

    # ── between tables ──────────────────────────────────────────────────────────────────────────────────────────────
    def _line(self, line: Line) -> None:
        if _PAGE.fullmatch(line.text):
            return
        if self._is_title(line.text):
            self._close()
            self._ahead = _Names(line.text, line.where)
            return
        self._note_date(line.text)
        self._interrupted = True
        if self._draft is not None and (self._draft.total is not None or "measures" in self._draft.texts):
            self._close()

    def _is_title(self, text: str) -> bool:
        plain = label(text)
        return len(text) <= 80 and any(w in plain for w in self._words.title) and not text.endswith(("。", "；"))

    def _note_date(self, text: str) -> None:
        if any(w in text for w in self._words.labels.lists["filled_on"]) and (m := _DATE.search(text)):
            self._ahead.date = re.sub(r"\s", "", m.group())
            if self._draft is not None:
                self._draft.head.setdefault("filled_on", self._ahead.date)

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _row(self, row: Row) -> None:
        self._sort(row)
        self._interrupted = False
        if self._draft is not None:
            self._draft.tables.add(row.table)

    def _sort(self, row: Row) -> None:
        """Take a row for what it is."""
        if len(row.pieces) == 1 and self._lone(row):
            return
        header = indicator_header(row, self._words)
        if header is not None:
            self._open_table(header, row)
            return
        first = self._words.labels.which(self._bare_label(row.pieces[0].text))
        if first in ("name_project", "name_department"):
            self._begin(row, first)
            return
        if self._draft is None:
            return
        execution = execution_header(row, self._words) if self._state != "indicators" else None
        if execution is not None:
            self._draft.note_unit(execution.side)
            self._draft.weigh(split_weight(execution.side)[1])
            self._header, self._state = execution, "execution"
            return
        if self._labelled(row, first):
            return
        if self._interrupted and row.first and not (self._state == "indicators" and self._suits(row)):
            # Words stand between, and what follows is no more of the form.
            self._close()
            return
        self._unlabelled(row)

    def _lone(self, row: Row) -> bool:
        """Take a row with a single text: titles and dates of sheets, notes below; tell whether it is done with."""
        text = row.pieces[0].text
        if self._is_title(text) and not re.search(r"[:：]", text):
            self._close()
            self._ahead = _Names(text, row.where)
            return True
        if any(w in text for w in self._words.labels.lists["filled_on"]) and _DATE.search(text):
            self._note_date(text)
            return True
        below = self._state in ("causes", "measures") and row.pieces[0].start == 0 and row.pieces[0].end > 1
        noted = label(text.partition("：")[0].partition(":")[0]) in self._words.notes
        if self._draft is not None and (noted or (below and not self._words.labels.which(self._bare_label(text)))):
            # What goes on from the page before stands behind its label; a note runs over the label's column too.
            self._close()
            return True
        return False

    def _bare_label(self, text: str) -> str:
        """Return the label of a first cell: without points, number and what follows a colon."""
        plain = split_weight(re.split(r"[:：]", text, maxsplit=1)[0])[0]
        return re.sub(r"[\d一二三四五六七八九十]+$", "", plain.strip()).strip() or plain

    def _begin(self, row: Row, first: str) -> None:
        """Begin a form, or take the name in the head of the one that has begun."""
        if self._draft is None or self._draft.started or "name" in self._draft.head:
            if len(row.pieces) > 4 or execution_header(row, self._words) is not None:
                return
            ahead = self._ahead
            self._close()
            self._ahead = ahead
            self._start(row.where, FormKind.DEPARTMENT if first == "name_department" else None)
        assert self._draft is not None
        if first == "name_department" and self._draft.kind is FormKind.PROJECT and self._ahead.title:
            self._draft.kind = self._kind_of(self._draft.title, FormKind.DEPARTMENT)
        self._pairs(row)

    def _start(self, where: str, kind: FormKind | None = None) -> None:
        draft = Draft(self._words, self._ahead.title, self._ahead.where or where)
        draft.kind = self._kind_of(draft.title, kind or FormKind.PROJECT)
        if self._ahead.date:
            draft.head["filled_on"] = self._ahead.date
        self._draft, self._header, self._state = draft, None, ""

    def _kind_of(self, title: str, otherwise: FormKind) -> FormKind:
        if any(w in title for w in self._words.department_title):
            return FormKind.DEPARTMENT
        return FormKind.PROJECT if "项目" in title else otherwise

    def _close(self) -> None:
        if self._draft is not None and (found := self._draft.finish()) is not None:
            self._forms.append(found)
        self._draft, self._header, self._state = None, None, ""
        self._ahead = _Names()

    # ── rows with a label ───────────────────────────────────────────────────────────────────────────────────────────
    def _labelled(self, row: Row, first: str) -> bool:
        """Take a row that its first text names; tell whether it was one."""
        draft = self._draft
        assert draft is not None
        rest = row.pieces[1:]
        bare = (
            len(row.pieces) == 2 and label(row.pieces[1].text) in self._words.goal_done and "目标" in row.pieces[0].text
        )
        if (
            not bare
            and self._state == "indicators"
            and first not in ("total", "causes", "measures")
            and self._suits(row)
        ):
            return False
        # Among indicators a page break may have taken the label that stood before this heading.
        if bare or (self._state != "indicators" and first != "goal" and self._heads_goal(row)):
            self._asks_done, self._state = True, "goal"
            return True
        match first:
            case "total" if rest and all(points(p.text) is not None for p in rest):
                draft.total = self._total_of(rest)
                self._state = ""
            case "causes" | "measures" if not (self._state == "indicators" and len(rest) > 2):
                draft.texts[first] = " ".join([self._after_colon(row.pieces[0].text), *(p.text for p in rest)]).strip()
                self._state = first
            case "goal":
                self._goal(row)
            case "execution" if self._state != "indicators" and len(rest) <= 2:
                draft.note_unit(row.pieces[0].text)
                draft.weigh(split_weight(row.pieces[0].text)[1])
            case _ if first in _PAIRED:
                self._pairs(row)
            case _:
                return False
        return True

    def _heads_goal(self, row: Row) -> bool:
        """Tell whether a row heads the goal and, beside it, what became of it, whatever stands before."""
        texts = [p.text for p in row.pieces]
        goals = [at for at, text in enumerate(texts) if self._words.labels.which(text) == "goal"]
        return bool(goals) and any(label(text) in self._words.goal_done for text in texts[goals[0] + 1 :])

    def _after_colon(self, text: str) -> str:
        parts = re.split(r"[:：]", text, maxsplit=1)
        return parts[1].strip() if len(parts) == 2 else ""

    def _pairs(self, row: Row) -> None:
        """Take labels with the values behind them."""
        draft = self._draft
        assert draft is not None
        pieces = list(row.pieces)
        while pieces:
            piece = pieces.pop(0)
            key = self._words.labels.which(self._bare_label(piece.text))
            value = self._after_colon(piece.text)
            if key and not value and pieces and not self._words.labels.exactly(pieces[0].text):
                value = pieces.pop(0).text
            draft.take(key, value, piece.text, row.where)

    def _total_of(self, rest: tuple[Piece, ...]) -> int | None:
        """Return the printed total; where full points and points stand side by side, the latter."""
        header = self._header
        if len(rest) == 1 and header is not None and header.has("weight") and header.has("score"):
            at = {f: start for f, start, _ in header.columns}
            if abs(rest[0].start - at["weight"]) < abs(rest[0].start - at["score"]):
                return None
        return points(rest[-1].text)

    def _goal(self, row: Row) -> None:
        """Take 年度目标: its number, its points, its text and its score."""
        draft = self._draft
        assert draft is not None
        first = row.pieces[0].text
        m = _GOAL_NUMBER.search(first)
        number = int(m[1]) if m else 0
        texts = [p.text for p in row.pieces[1:]] or [self._after_colon(first)]
        self._asks_done = any(label(t) in self._words.goal_done for t in texts)
        if self._asks_done:
            self._state = "goal"
            draft.goal = number
            return
        text = max(texts, key=len)
        scored = _GOAL_SCORE.search(text)
        score = points(scored[1]) if scored and scored[1] else None
        draft.aim(number, text[: scored.start()].strip() if scored else text, split_weight(first)[1], score)
        self._state = "goal" if not text else ""

    # ── rows without one ────────────────────────────────────────────────────────────────────────────────────────────
    def _open_table(self, header: Header, row: Row) -> None:
        if self._draft is None:
            if not self._ahead.title:
                return
            self._start(row.where)
        draft = self._draft
        assert draft is not None
        m = _GOAL_NUMBER.search(header.side)
        if m and int(m[1]) != draft.goal:
            draft.aim(int(m[1]), "", split_weight(header.side)[1])
        draft.columns = tuple(f for f, _, _ in header.columns if f not in ("side", "sign"))
        self._header, self._state = header, "indicators"

    def _unlabelled(self, row: Row) -> None:
        draft = self._draft
        assert draft is not None
        if self._state == "execution" and self._header is not None:
            same = row.table == self._header.table
            columns = self._header.columns
            draft.execute(align(row.pieces, columns, execution_fit, EXECUTION_MISSING, same_table=same)[0])
        elif self._state == "indicators":
            self._indicator(row)
        elif self._state == "goal":
            texts = [p.text for p in row.pieces]
            draft.aim(draft.goal, texts[0], done=texts[1] if self._asks_done and len(texts) > 1 else "")
            self._state = ""
        elif self._state in ("causes", "measures"):
            text = " ".join(p.text for p in row.pieces)
            draft.texts[self._state] = (draft.texts[self._state] + text).strip()
        else:
            draft.left.extend(Left(p.text, row.where) for p in row.pieces)

    def _aligned(self, row: Row) -> tuple[dict[str, str], list[Piece], float]:
        """Return the fields of a row, what is left of it, and the cost; the last row is remembered."""
        assert self._header is not None
        if self._last is None or self._last[0] is not row:
            same = row.table == self._header.table
            self._last = row, align(row.pieces, self._header.columns, self._fit, MISSING, same_table=same)
        return self._last[1]

    def _suits(self, row: Row) -> bool:
        """Tell whether a row is an indicator beyond doubt, whatever word it begins with."""
        values, left, cost = self._aligned(row)
        return not left and cost < 3 and {"name", "score"} <= set(values)

    def _indicator(self, row: Row) -> None:
        draft = self._draft
        assert draft is not None and self._header is not None
        if is_fragment(row) and not any(points(p.text) is not None for p in row.pieces):
            return
        values, left, cost = self._aligned(row)
        if cost > _MOST or "name" not in values:
            if row.first and draft.entries and self._append(row):
                return
            draft.left.extend(Left(p.text, row.where) for p in row.pieces)
            return
        draft.left.extend(Left(p.text, row.where) for p in left)
        entry = self._entry(values, row.where)
        if not {"target", "actual", "score"} & set(values) and self._goes_on(entry, row):
            return
        draft.entries.append(entry)

    def _entry(self, values: dict[str, str], where: str) -> Entry:
        draft = self._draft
        assert draft is not None
        name, weight = split_weight(values["name"])
        level1, points1 = split_weight(values.get("level1", ""), bare=True)
        level2, points2 = split_weight(values.get("level2", ""), bare=True)
        column = values.get("weight")
        return Entry(
            name=name,
            target=signed_target(values.get("target", ""), values.get("sign", "")),
            actual=values.get("actual", ""),
            unit=values.get("unit", ""),
            remark=values.get("remark", ""),
            weight=points(column) if column else weight,
            score=points(values["score"]) if "score" in values else None,
            goal=draft.goal,
            level1=level1.replace(" ", ""),
            level2=level2.replace(" ", ""),
            points1=points1,
            points2=points2,
            where=where,
        )

    def _goes_on(self, entry: Entry, row: Row) -> bool:
        """Join the rest of a name that a page break cut; tell whether it was one."""
        draft = self._draft
        assert draft is not None
        last = draft.entries[-1] if draft.entries else None
        if last is None or not (row.first or (last.weight is None and entry.weight is not None)):
            return False
        last.name += entry.name
        last.weight = entry.weight if last.weight is None else last.weight
        for key in ("level1", "level2", "points1", "points2"):
            if getattr(entry, key):
                setattr(last, key, getattr(entry, key))
        return True

    def _append(self, row: Row) -> bool:
        """Append the rests of cells that a page break cut to the fields of the last indicator, by column."""
        draft = self._draft
        assert draft is not None and self._header is not None
        last = draft.entries[-1]
        targets = {f: (s, e) for f, s, e in self._header.columns if f in ("name", "target", "actual", "remark")}
        for piece in row.pieces:
            field = next((f for f, (s, e) in targets.items() if s <= piece.start < e), "")
            if not field or points(piece.text) is not None:
                return False
            setattr(last, field, getattr(last, field) + piece.text)
        return True
