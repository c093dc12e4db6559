"""Layouts of self-evaluation forms as declared: which rows and columns a form prints, with which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktopapp.core.performance.scoring import POINT
from desktopapp.core.performance.selfeval import SelfEvaluation
from desktopapp.core.template_fields import Fields

_HEAD = ("authority", "category", "attribute", "project_type")
_EXECUTION = ("initial", "budget", "executed", "weight", "rate", "score")
_GOAL = ("text", "done")
_COLUMNS = ("level1", "level2", "name", "unit", "target", "actual", "weight", "score", "remark")
_FOOT = ("causes", "measures")
#: The side label and the two levels stand before the columns of the execution.
_BEFORE_EXECUTION = 2


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One layout; see ``templates/common/selfeval_layouts.toml`` for the fields.

    ``execution_weight`` and ``groups`` are in hundredths of a point; ``labels`` holds every printed word.
    """

    id: str
    name: str
    execution_weight: int
    head: tuple[str, ...]
    execution: tuple[str, ...]
    funds: tuple[str, ...]
    goal: tuple[str, ...]
    columns: tuple[str, ...]
    foot: tuple[str, ...]
    widths: tuple[int, ...]
    groups: tuple[tuple[str, int], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Return the number of columns of the printed table."""
        return len(self.columns) + 1


def build_layouts(raw: Sequence[Mapping[str, Any]], file: str, words: Mapping[str, str]) -> tuple[FormLayout, ...]:
    """Return the layouts of raw tables; ``words`` are the labels that hold where a layout has none of its own.

    Raises TemplateError naming file, key and reason.
    """
    return tuple(_layout(Fields(dict(table), file, f"layout[{at}]"), words) for at, table in enumerate(raw))


def _layout(t: Fields, words: Mapping[str, str]) -> FormLayout:
    layout = FormLayout(
        id=t.text("id"),
        name=t.text("name"),
        execution_weight=t.integer("execution_weight") * POINT,
        head=_known(t, "head", _HEAD),
        execution=_known(t, "execution", _EXECUTION),
        funds=t.texts("funds", []),
        goal=_known(t, "goal", _GOAL),
        columns=_known(t, "columns", _COLUMNS),
        foot=_known(t, "foot", _FOOT),
        widths=t.integers("widths"),
        groups=tuple((name, int(points) * POINT) for name, points in t.table("groups").items()),
        labels={**words, **{key: str(word) for key, word in t.table("labels").items()}},
    )
    t.done()
    if layout.columns[:3] != ("level1", "level2", "name"):
        raise t.fail("columns", "前三列应当是 level1、level2、name。")
    if len(layout.widths) != layout.width:
        raise t.fail("widths", f"应当有 {layout.width} 个宽度：左边的栏目名，然后每列一个。")
    if not 0 < len(layout.execution) <= len(layout.columns) - _BEFORE_EXECUTION:
        raise t.fail("execution", "栏目太多，指标表的列排不下。")
    return layout


def _known(t: Fields, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = t.texts(key)
    strange = next((word for word in found if word not in known), None)
    if strange is not None:
        raise t.fail(key, f"“{strange}”不是 {'、'.join(known)} 之一。")
    return found


def layout_of(form: SelfEvaluation, layouts: Sequence[FormLayout]) -> FormLayout:
    """Return the layout of a form: the one it names, else the first."""
    return next((layout for layout in layouts if layout.id == form.layout), layouts[0])


def layout_named(layout_id: str, layouts: Sequence[FormLayout]) -> FormLayout:
    """Return a layout by its id, else the first."""
    return next((layout for layout in layouts if layout.id == layout_id), layouts[0])


def likest(form: SelfEvaluation, printed: Sequence[str], layouts: Sequence[FormLayout]) -> str:
    """Return the id of the layout that a form read from a document has most likely, empty for the first.

    ``printed`` are the columns of its table of indicators (``FormLayout.columns``) in order. What the form holds and
    these columns are compared with each layout; between equals the first one declared is taken.
    """
    execution, wanted = form.execution, set(printed) - {"remark"}
    more = {
        "initial": execution.initial is not None,
        "funds": bool(execution.funds),
        "done": any(goal.done for goal in form.goals),
    }

    def differences(layout: FormLayout) -> tuple[int, int, int]:
        has = {"initial": "initial" in layout.execution, "funds": bool(layout.funds), "done": "done" in layout.goal}
        missing = sum(1 for key, there in more.items() if there and not has[key])
        spare = sum(1 for key, there in more.items() if has[key] and not there)
        columns = len(wanted ^ set(layout.columns) - {"remark"}) if wanted else 0
        out_of_order = [c for c in layout.columns if c in wanted] != [
            c for c in printed if c in wanted and c in layout.columns
        ]
        return missing * 3 + columns, spare, out_of_order

    best = min(layouts, key=differences)
    return "" if best is layouts[0] else best.id
