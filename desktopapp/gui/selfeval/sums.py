"""The line at the foot of a form: weights and scores of the groups, total and grade, always in view."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktopapp.core.performance.checks import points
from desktopapp.core.performance.selfeval import FULL_TOTAL, GradeBand, SelfEvaluation, grade
from desktopapp.gui.palette import theme_of


class SumsLine(QLabel):
    """Shows what the scores add up to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bands: tuple[GradeBand, ...] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAccessibleName("权重、得分合计")

    def show_form(self, form: SelfEvaluation, bands: Sequence[GradeBand]) -> None:
        """Show the sums of a form, and its grade among the report's."""
        self._bands = tuple(bands)
        theme = theme_of(self.palette())
        parts = [_part("预算执行", form.execution.weight, execution_score(form), theme.faint)]
        for level1 in dict.fromkeys(i.level1 for i in form.indicators):
            own = [i for i in form.indicators if i.level1 == level1]
            scored = [i.score for i in own if i.score is not None]
            weight = sum(i.weight or 0 for i in own)
            open_ones = len(own) - len(scored)
            parts.append(_part(level1 or "（未分组）", weight, sum(scored), theme.faint, open_ones))
        weights = form.execution.weight + sum(i.weight or 0 for i in form.indicators)
        good = weights == FULL_TOTAL
        ink = theme.ink if good else theme.error.ink
        parts.append(f'权重合计 <span style="color:{ink}">{points(weights)}{"" if good else " ▲应为 100"}</span>')
        self.setText("　".join(parts) + "<br>" + self._total(form))

    def _total(self, form: SelfEvaluation) -> str:
        theme, computed = theme_of(self.palette()), form.computed_total()
        if computed is None:
            missing = sum(1 for i in form.indicators if i.score is None)
            reasons = [f"{missing} 个指标没有得分"] if missing else []
            reasons += ["没有预算执行得分"] if execution_score(form) is None else []
            reasons += ["没有指标"] if not form.indicators else []
            return f'<span style="color:{theme.faint}">总分尚不能计算：{"，".join(reasons)}。</span>'
        named = grade(computed, self._bands)
        text = f"<b>总分 {points(computed)}</b>" + (f"　<b>等级 {escape(named)}</b>" if named else "")
        if form.total is not None and form.total != computed:
            text += f'　<span style="color:{theme.error.ink}">▲ 表中总分为 {points(form.total)}，与各项之和不符</span>'
        return text


def execution_score(form: SelfEvaluation) -> int | None:
    """Return the score of the execution that counts: the one given, else the computed one."""
    given = form.execution.score
    return given if given is not None else form.execution.computed_score()


def _part(name: str, weight: int, value: int | None, faint: str, open_ones: int = 0) -> str:
    shown = "—" if value is None else points(value)
    more = f'<span style="color:{faint}">（{open_ones} 项未评）</span>' if open_ones else ""
    return f'<span style="color:{faint}">{escape(name)}</span> {shown}/{points(weight)}{more}'
