"""A workbook as the ministry's final accounts software writes it: 财决 forms of one unit, in 元.

Sheets are named Z01 … with the form's mark; rows that do not apply hold "—"; budget columns stand before the outturn;
the forms of a fund have columns for opening and closing balances; basic expenditure is one wide form with an economic
item in each column; the public expenses are lines of a form about the running of the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from openpyxl import Workbook

from desktopapp.core.report import Report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell

Value = str | int | Decimal | None
Row = Sequence[Value]
NONE = "—"


def write_ministry(report: Report, path: Path) -> None:
    """Write the forms of a report whose amounts are kept to the 分."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, title, mark, rows in _sheets(report):
        sheet = book.create_sheet(name[:31])
        sheet.append([title])
        sheet.append([None] * 8 + [mark])
        sheet.append(
            [f"编制单位：{report.department}", None, None, f"{report.year}年度", None, None, None, None, "金额单位：元"]
        )
        for row in rows:
            sheet.append([float(v) if isinstance(v, Decimal) else v for v in row])
    book.save(path)


def _yuan(report: Report, form: str, row: str, column: str) -> Decimal | None:
    amount = report.amounts.get(Cell(form, row, column))
    return None if amount is None else Decimal(amount) / 100


def _sheets(report: Report) -> Iterator[tuple[str, str, str, list[Row]]]:
    yield (
        "Z01 收入支出决算总表(财决01表)",
        "收入支出决算总表",
        "财决01表",
        list(_totals(report, "01", ("amount",), ("amount",))),
    )
    funds = ("total", "general", "fund", "capital")
    yield (
        "Z01_1 财政拨款收入支出决算总表(财决01-1表)",
        "财政拨款收入支出决算总表",
        "财决01-1表",
        list(_totals(report, "04", ("amount",), funds)),
    )
    yield "Z03 收入决算表(财决03表)", "收入决算表", "财决03表", list(_codes(report, "02", _Z03, _Z03_KEYS))
    yield "Z04 支出决算表(财决04表)", "支出决算表", "财决04表", list(_codes(report, "03", _Z04, _Z04_KEYS))
    for sheet, title, mark, form in _FUNDS:
        yield f"{sheet} {title}({mark})", title, mark, list(_codes(report, form, _FUND, _FUND_KEYS))
    title = "一般公共预算财政拨款基本支出决算明细表"
    yield f"Z08_1 {title}(财决08-1表)", title, "财决08-1表", list(_wide(report))
    yield "F03 机构运行信息表(财决附03表)", "机构运行信息表", "财决附03表", list(_running(report))


_FUNDS = (
    ("Z07", "一般公共预算财政拨款收入支出决算表", "财决07表", "05"),
    ("Z09", "政府性基金预算财政拨款收入支出决算表", "财决09表", "07"),
    ("Z11", "国有资本经营预算财政拨款收入支出决算表", "财决11表", "08"),
)
_FUND_NAMES = ("小计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
_NATURE = ("一、基本支出", "人员经费", "公用经费", "二、项目支出", "经济分类支出合计", "一、工资福利支出")
_BUDGETS = ("年初预算数", "全年预算数", "决算数")


# ── 财决01表, 财决01-1表 ─────────────────────────────────────────────────────────────────────────────────────────────
def _totals(report: Report, form_id: str, income: Sequence[str], expense: Sequence[str]) -> Iterator[Row]:
    form = report.template.form(form_id)
    left, right = form.sides
    funds = (
        ("小计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
        if len(expense) > 1
        else ("",)
    )
    width = 3 * len(expense)
    yield ["收入", *[None] * 4, "支出", *[None] * (2 * (width + 2) - 1)]
    for_each = [b if f == funds[0] else None for b in _BUDGETS for f in funds]
    yield [
        "项目",
        "行次",
        *_BUDGETS,
        "项目（按功能分类）",
        "行次",
        *for_each,
        "项目（按支出性质和经济分类）",
        "行次",
        *for_each,
    ]
    if len(funds) > 1:
        yield [None] * 7 + [*funds * 3, None, None, *funds * 3]
    yield ["栏次", None, 1, 2, 3, "栏次", None, *range(4, 4 + width), "栏次", None, *range(4 + width, 4 + 2 * width)]
    for number, (one, two, three) in enumerate(zip_longest(left.lines, right.lines, _NATURE), 1):
        row: list[Value] = []
        for line, keys, start in ((one, income, 1), (two, expense, 32)):
            if line is None or line.blank:
                row += [None, number + start - 1, *[None] * (3 * len(keys))]
                continue
            amounts = [_yuan(report, form_id, line.key, k) for k in keys]
            budgets = [None if a is None else a + 1 for a in amounts]
            row += [line.label, number + start - 1, *budgets, *budgets, *amounts]
        row += [three, number + 62, *[NONE] * (2 * len(expense)), *[Decimal(number)] * len(expense)] if three else []
        yield row


# ── forms of codes ──────────────────────────────────────────────────────────────────────────────────────────────────
_GAP = None
_Z03 = (
    (
        "本年收入合计",
        "财政拨款收入",
        *[_GAP] * 3,
        "上级补助收入",
        "事业收入",
        _GAP,
        "经营收入",
        "附属单位上缴收入",
        "其他收入",
    ),
    (_GAP, "小计", *(f"{f}收入" for f in _FUND_NAMES[1:]), _GAP, "小计", "其中：教育收费", *[_GAP] * 3),
)
_Z03_KEYS = ("total", "fiscal", "fiscal", "", "", "superior", "business", "", "operating", "affiliated", "other")
_Z04 = (("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"),)
_Z04_KEYS = ("total", "basic", "project", "to_superior", "operating", "to_affiliated")
_BALANCE = ("合计", "基本支出结转", "项目支出结转和结余")
_FUND = (
    ("年初结转和结余", *[_GAP] * 2, "本年收入", *[_GAP] * 2, "本年支出", *[_GAP] * 4, "年末结转和结余", *[_GAP] * 4),
    (*_BALANCE, "合计", "基本支出", "项目支出", "合计", "基本支出", *[_GAP] * 2, "项目支出", *_BALANCE, *[_GAP] * 2),
    (*[_GAP] * 7, "小计", "人员经费", "公用经费", *[_GAP] * 3, "合计", "项目支出结转", "项目支出结余"),
)
_FUND_KEYS = (
    *("opening", "", "opening", "income", "", "income"),
    *("total", "basic", "", "basic", "project"),
    *("closing", "", "closing", "closing", ""),
)


def _codes(report: Report, form: str, heads: Sequence[Row], keys: Sequence[str]) -> Iterator[Row]:
    first, *others = heads
    yield ["支出功能分类科目编码", None, None, "科目名称", *first]
    for head in others:
        yield [None] * 4 + list(head)
    yield ["类", "款", "项", "栏次", *range(1, len(keys) + 1)]
    yield [None, None, None, "合计", *[_yuan(report, form, TOTAL_ROW, k) if k else None for k in keys]]
    rows = report.rows_of(form)
    for code in rows:
        yield [code, None, None, rows.name(code), *[_yuan(report, form, code, k) if k else None for k in keys]]


# ── 财决08-1表 ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _wide(report: Report) -> Iterator[Row]:
    names, rows = report.rows_of("06"), report.rows_of("05")
    codes = sorted(names)
    top = [names.name(c) if len(c) == 3 else None for c in codes]
    below = ["小计" if len(c) == 3 else names.name(c) for c in codes]
    yield ["支出功能分类科目编码", None, None, "科目名称", "合计", *top]
    yield [None, None, None, None, None, *below]
    yield ["类", "款", "项", "栏次", *range(1, len(codes) + 2)]
    amounts = [_yuan(report, "06", c, "amount") for c in codes]
    whole = _yuan(report, "05", TOTAL_ROW, "basic")
    yield [None, None, None, "合计", whole, *amounts]
    for code in rows:
        # What each item spends on is not known to a report: one of them takes it all.
        yield [code, None, None, rows.name(code), _yuan(report, "05", code, "basic"), *[None] * len(amounts)]


# ── 财决附03表 ────────────────────────────────────────────────────────────────────────────────────────────────────────
#: Label, kind of public expenses, what is counted.
_LINES: tuple[tuple[str, str | None, int | None], ...] = (
    ("一、“三公”经费支出", None, None),
    ("（一）支出合计", "total", None),
    ("1．因公出国（境）费", "abroad", None),
    ("2．公务用车购置及运行维护费", "vehicles", None),
    ("（1）公务用车购置费", "purchase", None),
    ("（2）公务用车运行维护费", "running", None),
    ("3．公务接待费", "reception", None),
    ("（1）国内接待费", None, None),
    ("其中：外事接待费", None, 1_234_500),
    ("（2）国（境）外接待费", None, None),
    ("（二）相关统计数", None, None),
    ("1．因公出国（境）团组数（个）", None, 2),
    ("2．因公出国（境）人次数（人）", None, 7),
    ("3．公务用车购置数（辆）", None, 1),
    ("4．公务用车保有量（辆）", None, 9),
    ("5．国内公务接待批次（个）", None, 31),
    ("其中：外事接待批次（个）", None, 3),
    ("6．国内公务接待人次（人）", None, 260),
    ("其中：外事接待人次（人）", None, 22),
)
_BESIDE: tuple[tuple[str, int | None], ...] = (
    ("二、机关运行经费", 65_432_100),
    ("（一）行政单位", 65_432_100),
    ("（二）参照公务员法管理事业单位", None),
    ("三、国有资产占用情况", None),
    ("（一）车辆数合计（辆）", 9),
    ("1．副部（省）级及以上领导用车", None),
    ("2．主要负责人用车", 1),
    ("3．机要通信用车", 2),
    ("4．应急保障用车", 4),
    ("8．其他用车", 2),
    ("（二）单价100万元（含）以上设备（不含车辆）（台，套）", 5),
    ("四、政府采购支出信息", None),
    ("（一）政府采购支出合计", 30_000_000),
    ("1．政府采购货物支出", 10_000_000),
    ("2．政府采购工程支出", None),
    ("3．政府采购服务支出", 20_000_000),
    ("（二）政府采购授予中小企业合同金额", 15_000_000),
    ("其中：授予小微企业合同金额", 5_000_000),
)
_LEAST_MONEY = 100_000


def _running(report: Report) -> Iterator[Row]:
    yield ["项目", "行次", "预算数", "统计数", "项目", "行次", "统计数"]
    yield ["栏次", None, 1, 2, "栏次", None, 3]
    for number, (left, right) in enumerate(zip_longest(_LINES, _BESIDE, fillvalue=(None, None, None)), 1):
        label, kind, count = left
        halves: Iterable[Value] = (NONE, _counted(count))
        if isinstance(kind, str):
            halves = [_yuan(report, "09", SINGLE_ROW, half + kind) for half in ("budget_", "outturn_")]
        yield [label, number, *halves, right[0], number + len(_LINES), _counted(right[1])]


def _counted(value: str | int | None) -> Value:
    """Return a count as it is, money (in 分, as large as no count) in 元."""
    return Decimal(value) / 100 if isinstance(value, int) and value >= _LEAST_MONEY else value
