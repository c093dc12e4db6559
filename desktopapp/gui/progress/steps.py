"""The steps of a year's report, in the order in which an accountant takes them. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.gui.progress.lines import HEAD, LAST_YEAR, Progress
from desktopapp.narrative.fields import SELFEVAL, TEXT_FIELD


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, what to do, the button and the action or page behind it, and whether it is done."""

    title: str
    words: str
    button: str
    action: str = ""
    page: str = ""
    done: bool = False


def steps_of(progress: Progress, *, exported: bool = False) -> list[Step]:
    """Return the seven steps; those that are done say so."""
    forms, texts = progress.forms(), progress.within(TEXT_FIELD)
    evaluations = progress.within(SELFEVAL)
    head, last = progress.by_key.get(HEAD), progress.by_key.get(LAST_YEAR)
    settled = not (progress.errors or progress.warnings or progress.gaps)
    filled = any(line.filled for line in forms)
    return [
        Step(
            "单位与年度",
            "填写部门名称，核对年度和模板；金额按元还是按万元保存也在这里定。",
            "报表属性…",
            "properties",
            done=head is not None and head.filled,
        ),
        Step(
            "导入上年或本年报表",
            "有本年的决算报表（Excel、WPS、Word、PDF）就导入，核对后采用；上年的公开文本导入后用来比较增减。"
            "没有文件也可以直接录入。",
            "导入…",
            "import",
            done=filled or (last is not None and last.filled),
        ),
        Step(
            "填报和校验",
            "在各表录入明细，合计自动算出。右侧“校验”列出不成立的关系，按 F8 逐个处理；确属正常的警告写上说明。",
            "下一个问题",
            "next_finding",
            done=bool(forms) and all(line.done for line in forms),
        ),
        Step(
            "情况说明等文字",
            "文字由数字自动写成。逐节看一遍，把【请填写】补上，也可以改成本单位的说法。",
            "打开文字部分",
            page=next((line.key for line in texts if not line.done), texts[0].key if texts else ""),
            done=bool(texts) and all(line.done for line in texts),
        ),
        Step(
            "绩效自评",
            "新增部门整体和项目自评表，填写指标和完成值，得分自动计算；可以从上年文件复制。",
            "打开自评表",
            page=SELFEVAL,
            done=bool(evaluations) and all(line.done for line in evaluations),
        ),
        Step(
            "核对清单",
            "公开前看一遍：错误、没有说明的警告、占位文字、没有填写的表和数据。每一条都能转到原处。",
            "查看清单…",
            "export_all",
            done=settled and filled,
        ),
        Step("导出", "一次导出 Word、PDF、Excel 等文件，预览确认后打印。", "导出…", "export_all", done=exported),
    ]


def next_step(steps: list[Step]) -> int:
    """Return the first step that is not done; the last one when all are."""
    return next((i for i, step in enumerate(steps) if not step.done), len(steps) - 1)
