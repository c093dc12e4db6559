"""The job of merging a colleague's copy into a report: what differs, in words, and the step that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, Unit, format_number
from desktopapp.core.commands import Batch, CommandError, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding
from desktopapp.core.merging import MERGES, Held, Item, Merge, NotMergeableError, Place, Side, WholeRow, merge_reports
from desktopapp.core.merging_steps import Choices, choices_of, merge_steps
from desktopapp.core.merging_values import ABSENT, UNKNOWN
from desktopapp.core.naming import column_name, form_name, row_name
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell, TemplateError
from desktopapp.jobs.base import PasswordError, UserError, facts_of, get_template, template_root
from desktopapp.jobs.checking import check_report
from desktopapp.narrative.field_names import FieldNames
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import PasswordNeededError, StoreError, WrongPasswordError
from desktopapp.store.lineage import Meeting, Touch, Touched, meet, remembered
from desktopapp.store.report_file import ReportFile, open_file


@dataclass(frozen=True, slots=True)
class Named:
    """An item in words: the form or section, the place in it, and the three values."""

    group: str
    where: str
    base: str
    mine: str
    theirs: str


class Merging:
    """An open report and a colleague's copy of it, compared; nothing is changed here.

    ``meeting`` is the state that both came from, None where there is none.
    """

    def __init__(self, mine: ReportFile, theirs: ReportFile) -> None:
        """Compare two open files; raises UserError."""
        self.mine, self.theirs = mine.report.copy(), theirs.report
        self.source = theirs.path
        try:
            self.meeting: Meeting | None = meet(mine, theirs)
            self.merge: Merge = merge_reports(self.base, self.mine, self.theirs)
            self._memory = remembered(self.mine, theirs, datetime.now(UTC))
        except (StoreError, NotMergeableError) as error:
            raise UserError(str(error)) from error

    @property
    def base(self) -> Report | None:
        """Return the state that both copies came from."""
        return self.meeting.base if self.meeting is not None else None

    @cached_property
    def _names(self) -> FieldNames:
        from desktopapp.store.outline_files import load_outline

        try:
            outline = load_outline(template_root(), self.mine.template.id)
            return FieldNames(self.theirs, outline, facts_of(self.mine).book.inputs)
        except TemplateError as error:
            raise UserError(str(error)) from error

    @property
    def who(self) -> str:
        """Return the names of those who changed the copy, "对方" where there are none."""
        touched = self.meeting.theirs.values() if self.meeting is not None else ()
        users = list(dict.fromkeys(t.user for t in touched if t.user))
        return "、".join(users[:3]) or "对方"

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────────
    def named(self, item: Item) -> Named:
        """Return an item in words."""
        group, where = self._where(item.place)
        base, mine, theirs = (self._value(item.place, v) for v in (item.base, item.mine, item.theirs))
        return Named(group, where, base, mine, theirs)

    def _where(self, place: Place) -> tuple[str, str]:
        report = self.mine if place.row in self.mine.rows_of(place.form) else self.theirs
        match place.kind:
            case "field":
                return self._names.name(place.row, place.path)
            case "head":
                return "报表属性", {"department": "部门", "year": "年度"}[place.row]
            case "setting":
                return "报表属性", dict(self.mine.template.settings).get(place.row, place.row)
        group = form_name(self.mine, place.form)
        if place.kind == "grain":
            return group, "保存的精度"
        row = row_name(report, place.form, place.row)
        if place.kind == "cell":
            column = column_name(report, Cell(place.form, place.row, place.col))
            return group, " ".join(w for w in (row, column) if w)
        return group, f"{row}（{'名称' if place.kind == 'name' else '整行'}）"

    def _value(self, place: Place, value: Any) -> str:
        if value is UNKNOWN:
            return ""
        match value:
            case Held(amount, auto):
                return self._amount(place.form, amount) + ("（自动）" if auto else "")
            case WholeRow(name, cells):
                amounts = [self._amount(place.form, h.amount) for _, h in cells if h.amount is not None]
                return f"{name}：{'、'.join(amounts)}" if amounts else f"{name}（没有金额）"
        if value is ABSENT and place.kind == "row":
            return "（没有这一行）"
        if place.kind == "grain":
            return "元" if value == EXACT_GRAIN else "万元"
        if place.kind == "setting":
            return "是" if value else "否"
        return self._names.value(place.row, place.path, value)

    def _amount(self, form_id: str, amount: int | None) -> str:
        if amount is None:
            return "（空）"
        exact = self.mine.is_exact(form_id) or self.theirs.is_exact(form_id)
        return f"{format_number(amount, Unit.YUAN)} 元" if exact else format_number(amount)

    def touch(self, item: Item, side: Side) -> Touch | None:
        """Return who changed an item last on a side and when, None where nobody did since both copies parted."""
        if self.meeting is None:
            return None
        touched = self.meeting.mine if side is Side.MINE else self.meeting.theirs
        found = [t for key in _keys(touched, item.place) if (t := touched.get(key)) is not None]
        return max(found, key=lambda t: t.at, default=None)

    # ── carrying it out ─────────────────────────────────────────────────────────────────────────────────────────
    def steps(self, choices: Choices) -> Batch:
        """Return the one step that takes what was chosen, and remembers that this copy has been merged."""
        label = f"合并{self.who}的修改（{self.source.name}）"
        step = merge_steps(self.base, self.mine, self.theirs, self.merge, choices, label)
        return Batch(label, (*(step.commands if step is not None else ()), SetField(MERGES, self._memory)))

    def trial(self, choices: Choices) -> Report:
        """Return the report as it would be; raises UserError."""
        engine = Engine(self.mine.copy(), rule_book(self.mine.template))
        try:
            engine.apply(self.steps(choices))
        except CommandError as error:
            raise UserError(f"这样选择不能合并：{error}") from error
        return engine.report

    def findings_after(self, choices: Choices) -> list[Finding]:
        """Return what would be wrong with the report; raises UserError."""
        return check_report(self.trial(choices))[1]


def _keys(touched: Touched, place: Place) -> list[tuple[str, str, str, str]]:
    """Return under which keys of the journal's changes a place may stand."""
    match place.kind:
        case "cell":
            return [("cell", place.form, place.row, place.col), ("row", place.form, place.row, "")]
        case "row" | "name":
            return [k for k in touched if k[0] in ("row", "cell") and k[1:3] == (place.form, place.row)]
        case "grain":
            return [("grain", place.form, "", "")]
    return [(place.kind, "", place.row, "")]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge on the command line did; ``decided`` tells what was taken, open conflicts are not in it."""

    merging: Merging
    decided: Mapping[Place, Side]
    before: list[Finding]
    after: list[Finding]

    @property
    def undecided(self) -> tuple[Item, ...]:
        """Return the conflicts that nobody decided: they stayed as they were."""
        return tuple(i for i in self.merging.merge.conflicts if i.place not in self.decided)


def merge_files(
    path: Path,
    colleague: Path,
    out: Path,
    *,
    prefer: Side | None = None,
    overwrite: bool = False,
    secret: Secret | None = None,
    their_secret: Secret | None = None,
) -> Merged:
    """Merge a colleague's copy into a copy of a report, with its history; raises UserError.

    The files read stay as they are.
    """
    if out.resolve() in (path.resolve(), colleague.resolve()):
        raise UserError(f"“{out}”是要合并的文件本身，不能写到它上面；请用 --out 另取一个文件名。")
    try:
        with (
            open_file(path, get_template, read_only=True, secret=secret) as mine,
            open_file(colleague, get_template, read_only=True, secret=their_secret or secret) as theirs,
        ):
            merging = Merging(mine, theirs)
            chosen = choices_of(merging.merge, prefer)
            before, after = check_report(merging.mine)[1], merging.findings_after(chosen)
            mine.save_copy(out, overwrite=overwrite)
        with open_file(out, get_template, backup=False, secret=secret) as file:
            file.apply(merging.steps(chosen))
    except (PasswordNeededError, WrongPasswordError) as error:
        raise PasswordError(error.path, str(error)) from error
    except (StoreError, CommandError) as error:
        raise UserError(str(error)) from error
    return Merged(merging, chosen, before, after)
