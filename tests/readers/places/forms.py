"""The nine forms as other places print them: drawn from amounts alone, without the program's templates and layouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from desktopapp.core.amount import Unit, format_amount
from desktopapp.core.report import Report
from desktopapp.core.template import Cell

#: row, column, row span, column span, text
Piece = tuple[int, int, int, int, str]
STANDARD = ("01", "02", "03", "04", "05", "06", "07", "08", "09")
EARLIER = ("01", "02", "03", "04", "05", "06", "09", "07", "08")
TITLES = {
    "01": "收入支出决算总表",
    "02": "收入决算表",
    "03": "支出决算表",
    "04": "财政拨款收入支出决算总表",
    "05": "一般公共预算财政拨款支出决算表",
    "06": "一般公共预算财政拨款基本支出决算表",
    "07": "政府性基金预算财政拨款收入支出决算表",
    "08": "国有资本经营预算财政拨款支出决算表",
    "09": "财政拨款“三公”经费支出决算表",
}
INCOME = (
    *(("general", "一般公共预算财政拨款收入"), ("fund", "政府性基金预算财政拨款收入")),
    *(("capital", "国有资本经营预算财政拨款收入"), ("superior", "上级补助收入"), ("business", "事业收入")),
    *(("operating", "经营收入"), ("affiliated", "附属单位上缴收入"), ("other", "其他收入")),
)
CLASSES = (
    *("201一般公共服务", "202外交", "203国防", "204公共安全", "205教育", "206科学技术", "207文化旅游体育与传媒"),
    *("208社会保障和就业", "210卫生健康", "211节能环保", "212城乡社区", "213农林水", "214交通运输"),
    *("215资源勘探工业信息等", "216商业服务业等", "217金融", "219援助其他地区", "220自然资源海洋气象等"),
    *("221住房保障", "222粮油物资储备", "223国有资本经营预算", "224灾害防治及应急管理", "229其他"),
    *("231债务还本", "232债务付息", "234抗疫特别国债安排的"),
)
_UNITS = "一二三四五六七八九"
NUMERALS = [*_UNITS, "十", *(f"十{n}" for n in _UNITS), "二十", *(f"二十{n}" for n in _UNITS)]
ITEMS = ("total", "abroad", "vehicles", "purchase", "running", "reception")


@dataclass(frozen=True)
class Place:
    """How a place prints its forms.

    Attributes:
        classes: how many classes form 01 lists; 0 for those with money only.
        code_columns: 3 for 类, 款 and 项 apart, 1 for one column, 0 for code and name in one cell.
        single: form 09 in one row ("one"), a row each for budget and outturn ("two", "meetings"), or one for each
            kind of expenses ("items").
        listed: form 06 is one list instead of blocks side by side.
        budgets: forms 01 and 04 have columns for the budget before the outturn.
        fees: form 02 has a column for fees of schools.
        beside: a table that looks like form 05 stands before it.
    """

    name: str
    order: tuple[str, ...] = STANDARD
    title: str = "{year}年度{title}"
    mark: str = "公开{n:02d}表"
    titles: dict[str, str] = field(default_factory=dict)
    department: str = "部门："
    unit: str = "金额单位：万元"
    classes: int = 26
    line_numbers: bool = True
    column_numbers: bool = True
    amount: str = "决算数"
    code_columns: int = 1
    total_last: bool = False
    single: str = "one"
    listed: bool = False
    budgets: bool = False
    fees: bool = False
    zeros: bool = False
    beside: bool = False
    enumerated: str = "、"


@dataclass(frozen=True)
class Printed:
    """One printed form: lines above it, header rows and body as pieces, a note below."""

    title: str
    above: tuple[str, ...]
    head: int
    pieces: tuple[Piece, ...]
    note: str


class Printer:
    """Prints the forms of a report as one place does."""

    def __init__(self, report: Report, place: Place) -> None:
        self._report, self._place = report, place

    def forms(self) -> Iterator[Printed]:
        """Yield the forms in printed order."""
        drawn: dict[str, Callable[[], tuple[list[Piece], int]]] = {
            "01": self._total,
            "02": self._income,
            "03": lambda: self._codes("03", _EXPENSE),
            "04": self._fiscal,
            "05": lambda: self._codes("05", _PARTS),
            "06": self._economic,
            "07": lambda: self._codes("07", _FUND),
            "08": lambda: self._codes("08", _PARTS),
            "09": self._single,
        }
        for n, form in enumerate(self._place.order, 1):
            if form == "05" and self._place.beside:
                yield self._printed(n, "财政拨款支出决算表（功能科目）", *self._codes("03", _PARTS))
            yield self._printed(n, self._place.titles.get(form, TITLES[form]), *drawn[form]())

    def _printed(self, n: int, title: str, pieces: list[Piece], head: int) -> Printed:
        place, report = self._place, self._report
        whole = place.title.format(year=report.year, title=title, department=report.department, n=n)
        above = [place.mark.format(n=n)] if place.mark else []
        above.append(f"{place.department}{report.department}  {place.unit}")
        return Printed(whole, tuple(above), head, tuple(pieces), "注：本表反映部门本年度有关收支情况。")

    def _money(self, form: str, row: str, column: str) -> str:
        amount = self._report.get(Cell(form, row, column))
        return format_amount(amount, Unit.WAN) or ("0.00" if self._place.zeros else "")

    # ── two sides ───────────────────────────────────────────────────────────────────────────────────────────────
    def _classes(self) -> list[tuple[str, str]]:
        left_out = {24: ("231", "232"), 23: ("223", "231", "232")}.get(self._place.classes, ())
        kept = [c for c in CLASSES if c[:3] not in left_out]
        if not self._place.classes:
            kept = [c for c in kept if self._report.get(Cell("01", c[:3], "amount"))]
        numbered = zip(kept, NUMERALS, strict=False)
        return [(c[:3], f"{n}{self._place.enumerated}{c[3:]}支出") for c, n in numbered]

    def _total(self) -> tuple[list[Piece], int]:
        numbered = zip(INCOME, NUMERALS, strict=False)
        income = [(key, f"{n}{self._place.enumerated}{label}") for (key, label), n in numbered]
        tail = [
            ("income_total", "本年收入合计"),
            ("use_of_surplus", "使用非财政拨款结余"),
            ("opening", "年初结转和结余"),
        ]
        closing = [
            ("expense_total", "本年支出合计"),
            ("surplus_distribution", "结余分配"),
            ("closing", "年末结转和结余"),
        ]
        return self._sides("01", income, tail, closing, (("amount", ""),))

    def _fiscal(self) -> tuple[list[Piece], int]:
        funds = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
        keys = ("general", "fund", "capital")
        income = [(k, f"{n}{self._place.enumerated}{t}") for k, n, t in zip(keys, NUMERALS, funds, strict=False)]
        tail = [("income_total", "本年收入合计"), ("opening", "年初财政拨款结转和结余")]
        tail += [(f"opening_{key}", label) for key, label in zip(keys, funds, strict=True)]
        closing = [
            ("expense_total", "本年支出合计"),
            ("closing", "年末财政拨款结转和结余"),
            ("", ""),
            ("", ""),
            ("", ""),
        ]
        return self._sides("04", income, tail, closing, (("total", "小计"), *zip(keys, funds, strict=True)))

    def _sides(
        self,
        form: str,
        income: list[tuple[str, str]],
        tail: list[tuple[str, str]],
        closing: list[tuple[str, str]],
        columns: Sequence[tuple[str, str]],
    ) -> tuple[list[Piece], int]:
        place = self._place
        classes = self._classes()
        height = max(len(income), len(classes))
        left = income + [("", "")] * (height - len(income)) + [*tail, ("grand_income", "总计")]
        right = classes + [("", "")] * (height - len(classes)) + [*closing, ("grand_expense", "总计")]
        before = ["年初预算数", "全年预算数"] if place.budgets else []
        numbers = ["行次"] if place.line_numbers else []
        ours = ["项目", *numbers, *before, place.amount]
        wide = len(columns) > 1
        theirs = ["项目", *numbers, *([] if wide else before), *([c for _, c in columns] if wide else [place.amount])]
        pieces: list[Piece] = [(0, 0, 1, len(ours), "收入"), (0, len(ours), 1, len(theirs), "支出")]
        pieces += [(1, at, 1, 1, text) for at, text in enumerate([*ours, *theirs])]
        head = 2
        if place.column_numbers:
            pieces += self._side_numbers(ours, theirs)
            head = 3
        for at, ((one, label), (other, text)) in enumerate(zip(left, right, strict=True)):
            row = head + at
            first = [label, *([str(at + 1)] if numbers else []), *self._cells(form, one, ("amount",), before)]
            second = [text, *([str(len(left) + at + 1)] if numbers else [])]
            second += self._cells(form, other, [c for c, _ in columns], [] if wide else before)
            pieces += [(row, col, 1, 1, value) for col, value in enumerate([*first, *second])]
        return pieces, head

    @staticmethod
    def _side_numbers(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Piece]:
        number = 0
        for at, text in enumerate([*ours, *theirs]):
            if text == "项目":
                yield (2, at, 1, 1, "栏次")
            elif text != "行次":
                number += 1
                yield (2, at, 1, 1, str(number))

    def _cells(self, form: str, row: str, columns: Sequence[str], before: Sequence[str]) -> list[str]:
        if not row:
            return [""] * (len(before) + len(columns))
        money = [self._money(form, row, column) for column in columns]
        # Budgets are other amounts than the outturn; where there is none, there was no budget either.
        return [m.replace(m[0], "9", 1) if (m := money[0]) else "" for _ in before] + money

    # ── rows by code ────────────────────────────────────────────────────────────────────────────────────────────
    def _income(self) -> tuple[list[Piece], int]:
        if not self._place.fees:
            return self._codes("02", _SOURCES)
        at = [key for key, _ in _SOURCES].index("business") + 1
        return self._codes("02", (*_SOURCES[:at], ("", "其中：教育收费"), *_SOURCES[at:]))

    def _codes(self, form: str, columns: Sequence[tuple[str, str]]) -> tuple[list[Piece], int]:
        place, rows = self._place, self._report.rows_of(form)
        leads = {3: ["类", "款", "项", "科目名称"], 1: ["功能分类科目编码", "科目名称"], 0: ["科目名称"]}[
            place.code_columns
        ]
        width = len(leads)
        pieces: list[Piece] = [(0, 0, 1, width, "项目"), *((1, at, 1, 1, text) for at, text in enumerate(leads))]
        pieces += [(0, width + at, 2, 1, text) for at, (_, text) in enumerate(columns)]
        head = 2
        if place.column_numbers:
            pieces.append((2, 0, 1, width, "栏次"))
            pieces += [(2, width + at, 1, 1, str(at + 1)) for at in range(len(columns))]
            head = 3
        order = [*rows, "total"] if place.total_last else ["total", *rows]
        for at, code in enumerate(order, head):
            if code == "total":
                pieces.append((at, 0, 1, width, "合计"))
            else:
                name = rows.name(code)
                cut = {3: [code[:3], code[3:5], code[5:], name], 1: [code, name], 0: [code + name]}[place.code_columns]
                pieces += [(at, col, 1, 1, text) for col, text in enumerate(cut)]
            pieces += [(at, width + n, 1, 1, self._money(form, code, key)) for n, (key, _) in enumerate(columns) if key]
        return pieces, head

    # ── economic codes, kinds of expenses ───────────────────────────────────────────────────────────────────────
    def _economic(self) -> tuple[list[Piece], int]:
        rows = self._report.rows_of("06")
        if self._place.listed:
            heads = ["经济分类科目编码", "科目名称", "合计", "人员经费", "公用经费"]
            pieces: list[Piece] = [(0, at, 1, 1, text) for at, text in enumerate(heads)]
            both = (self._report.get(Cell("06", key, "amount")) or 0 for key in ("personnel", "public"))
            totals = [format_amount(sum(both), Unit.WAN)]
            totals += [self._money("06", key, "amount") for key in ("personnel", "public")]
            pieces += [(1, 0, 1, 2, "合计"), *((1, 2 + at, 1, 1, text) for at, text in enumerate(totals))]
            for at, code in enumerate((c for c in rows if self._report.get(Cell("06", c, "amount"))), 2):
                money = self._money("06", code, "amount")
                halves = (money, "") if code[:3] in ("301", "303") else ("", money)
                pieces += [(at, col, 1, 1, t) for col, t in enumerate([code, rows.name(code), money, *halves])]
            return pieces, 1
        blocks = [[c for c in rows if c[:3] in ("301", "303")], [c for c in rows if c[:3] not in ("301", "303")]]
        pieces = [(0, 0, 1, 3, "人员经费"), (0, 3, 1, 3, "公用经费")]
        pieces += [(1, at, 1, 1, t) for at, t in enumerate(["经济分类科目编码", "科目名称", self._place.amount] * 2)]
        for number, block in enumerate(blocks):
            for at, code in enumerate(block, 2):
                texts = [code, rows.name(code), self._money("06", code, "amount")]
                pieces += [(at, 3 * number + col, 1, 1, t) for col, t in enumerate(texts)]
        last = 2 + max(map(len, blocks))
        for number, (key, label) in enumerate((("personnel", "人员经费合计"), ("public", "公用经费合计"))):
            pieces += [(last, 3 * number, 1, 2, label), (last, 3 * number + 2, 1, 1, self._money("06", key, "amount"))]
        return pieces, 2

    def _single(self) -> tuple[list[Piece], int]:
        labels = ["合计", "因公出国（境）费", "小计", "公务用车购置费", "公务用车运行维护费", "公务接待费"]
        if self._place.single == "one":
            pieces: list[Piece] = [(0, 0, 1, 6, "预算数"), (0, 6, 1, 6, "决算数")]
            for at, half in enumerate(("budget", "outturn")):
                pieces.append((1, 6 * at + 2, 1, 3, "公务用车购置及运行维护费"))
                for n, label in enumerate(labels):
                    top, high = (2, 1) if n in (2, 3, 4) else (1, 2)
                    pieces.append((top, 6 * at + n, high, 1, label))
                    pieces.append((4, 6 * at + n, 1, 1, self._money("09", "row", f"{half}_{ITEMS[n]}")))
            return [*pieces, *((3, n, 1, 1, str(n + 1)) for n in range(12))], 4
        if self._place.single == "items":
            pieces = [(0, at, 1, 1, text) for at, text in enumerate(("项目", "预算数", "决算数"))]
            named = ["合计", "1．因公出国（境）费", "2．公务用车购置及运行维护费", "（1）公务用车购置费"]
            named += ["（2）公务用车运行维护费", "3．公务接待费"]
            for at, (label, item) in enumerate(zip(named, ITEMS, strict=True), 1):
                texts = [label, *(self._money("09", "row", f"{half}_{item}") for half in ("budget", "outturn"))]
                pieces += [(at, col, 1, 1, t) for col, t in enumerate(texts)]
            return pieces, 1
        order = list(range(6)) if self._place.single == "two" else [0, 1, 5, 2, 3, 4]
        pieces = [(0, 0, 2, 1, "项目")]
        for col, n in enumerate(order, 1):
            top, high = (1, 1) if n in (2, 3, 4) else (0, 2)
            pieces.append((top, col, high, 1, labels[n]))
        pieces.append((0, 1 + order.index(2), 1, 3, "公务用车购置及运行维护费"))
        more = ["会议费", "培训费"] if self._place.single == "meetings" else []
        pieces += [(0, 7 + at, 2, 1, text) for at, text in enumerate(more)]
        for row, (label, half) in enumerate((("预算数", "budget"), ("决算数", "outturn")), 2):
            money = [self._money("09", "row", f"{half}_{ITEMS[n]}") for n in order]
            texts = [label, *money, *(["3.25", "4.75"] if more else [])]
            pieces += [(row, col, 1, 1, t) for col, t in enumerate(texts)]
        return pieces, 2


_SOURCES = (
    *(("total", "本年收入合计"), ("fiscal", "财政拨款收入"), ("superior", "上级补助收入"), ("business", "事业收入")),
    *(("operating", "经营收入"), ("affiliated", "附属单位上缴收入"), ("other", "其他收入")),
)
_EXPENSE = (
    *(("total", "本年支出合计"), ("basic", "基本支出"), ("project", "项目支出"), ("to_superior", "上缴上级支出")),
    *(("operating", "经营支出"), ("to_affiliated", "对附属单位补助支出")),
)
_PARTS = (("total", "本年支出合计"), ("basic", "基本支出"), ("project", "项目支出"))
_FUND = (
    *(("opening", "年初结转和结余"), ("income", "本年收入"), ("total", "小计"), ("basic", "基本支出")),
    *(("project", "项目支出"), ("closing", "年末结转和结余")),
)
