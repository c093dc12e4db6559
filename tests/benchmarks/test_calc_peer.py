"""The engine beside LibreOffice Calc: the same relations over the same amounts, the same edits, in the same run.

Calc gets a workbook with one sheet per form and, for every relation, a formula for its residual and one for its
verdict. A Basic macro inside soffice edits cell after cell and lets Calc recalculate, so that no bridge between
processes is timed; what the macro itself costs is measured on a cell that nothing depends on, and taken off. Both
sides must end with the same number of violated relations. Skipped where soffice is not installed.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from desktopapp.core.amount import FEN_PER_WAN, PUBLISHED_GRAIN
from desktopapp.core.checker import Checker
from desktopapp.core.commands import typed
from desktopapp.core.engine import Engine
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from tests.generators import published_report, the_book, the_template

Benchmark = Any
SIZES = (1_000, 10_000)
EDITS = 300
#: Times that the edits are made, to and fro; the best one counts, since other work on the machine only adds.
PASSES = 5
#: Sheet of the relations, and an empty one for edits that change nothing.
RELATIONS, ELSEWHERE = "relations", "elsewhere"

MACRO = """
Dim sheetOf(2000) As String, columnOf(2000) As Long, rowOf(2000) As Long, amountOf(2000, 1) As Double
Dim verdictsOf(2000) As Integer, verdictOf(2000, 15) As Long, n As Long

Sub Read_(folder As String)
  Dim f As Integer, j As Integer
  f = FreeFile
  Open folder &amp; "/edits.txt" For Input As #f
  n = 0
  Do While Not Eof(f)
    Input #f, sheetOf(n), columnOf(n), rowOf(n), amountOf(n, 0), amountOf(n, 1), verdictsOf(n)
    For j = 0 To verdictsOf(n) - 1
      Input #f, verdictOf(n, j)
    Next j
    n = n + 1
  Loop
  Close #f
End Sub

' Edits every cell of the list, in its own sheet or in one that nothing depends on, and sees to the verdicts:
' by asking for a recalculation, or by reading those concerned.
Function Pass(doc, own As Boolean, asking As Boolean, k As Integer) As Double
  Dim i As Long, j As Integer, started As Double
  rules = doc.Sheets.getByName("relations")
  started = GetSystemTicks()
  For i = 0 To n - 1
    If own Then sheet = doc.Sheets.getByName(sheetOf(i)) Else sheet = doc.Sheets.getByName("elsewhere")
    sheet.getCellByPosition(columnOf(i), rowOf(i)).setValue(amountOf(i, k Mod 2))
    If asking Then
      doc.calculate()
    Else
      For j = 0 To verdictsOf(i) - 1
        found = rules.getCellByPosition(1, verdictOf(i, j)).getValue()
      Next j
    End If
  Next i
  Pass = GetSystemTicks() - started
End Function

Function Best(a As Double, b As Double) As Double
  If a &lt; b Then Best = a Else Best = b
End Function

Sub Run(folder As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim i As Long, k As Integer, f As Integer, started As Double
  On Error GoTo Failed
  Read_(folder)
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL(ConvertToURL(folder &amp; "/report.xlsx"), "_blank", 0, hidden())
  doc.calculateAll()
  started = GetSystemTicks()
  doc.calculateAll()
  whole = GetSystemTicks() - started
  asked = 1E9 : idle = 1E9 : readOnes = 1E9 : idleReads = 1E9
  For k = 1 To PASSES
    idle = Best(idle, Pass(doc, False, True, k))
    asked = Best(asked, Pass(doc, True, True, k))
    idleReads = Best(idleReads, Pass(doc, False, False, k + 1))
    readOnes = Best(readOnes, Pass(doc, True, False, k + 1))
  Next k
  Pass(doc, True, True, 1)
  sheet = doc.Sheets.getByName("relations")
  cursor = sheet.createCursor()
  cursor.gotoEndOfUsedArea(False)
  last = cursor.RangeAddress.EndRow
  verdicts = sheet.getCellRangeByPosition(1, 0, 1, last).getDataArray()
  violated = 0
  For i = 0 To last
    If verdicts(i)(0) = 2 Then violated = violated + 1
  Next i
  f = FreeFile
  Open folder &amp; "/result.txt" For Output As #f
  Print #f, asked
  Print #f, idle
  Print #f, readOnes
  Print #f, idleReads
  Print #f, whole
  Print #f, violated
  Close #f
  doc.close(True)
  Exit Sub
Failed:
  f = FreeFile
  Open folder &amp; "/result.txt" For Output As #f
  Print #f, "line " &amp; Erl &amp; ": " &amp; Error$
  Close #f
End Sub
"""
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Peer" script:language="StarBasic">
{macro}
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false">
 <library:element library:name="Peer"/>
</library:library>
"""


@dataclass(frozen=True)
class Peer:
    """What Calc needed, in ms, and how many relations it found violated.

    ``asked`` and ``read`` are per edit, with a recalculation asked for and with the verdicts concerned read, each
    without what the same takes for a cell that nothing depends on.
    """

    asked: float
    read: float
    whole: float
    violated: int

    @property
    def edit(self) -> float:
        """Return the better of both ways."""
        return min(self.asked, self.read)


Places = dict[Cell, tuple[str, int, int]]


def places_of(report: Report) -> Places:
    """Return for every cell of the report its sheet, row and column in the workbook."""
    found: Places = {}
    for form in report.template.forms:
        for form_id in (form.id, f"last.{form.id}"):
            columns = [c.key for c in form.all_columns()]
            for at, row in enumerate(report.row_keys(form, form_id)):
                for column in form.columns_of(row):
                    found[Cell(form_id, row, column.key)] = (form_id, at, columns.index(column.key))
    return found


def formulas(relation: Relation, places: Places, line: int) -> tuple[str, str]:
    """Return the formulas of residual and verdict of a relation."""

    def address(cell: Cell) -> str:
        sheet, row, column = places[cell]
        return f"'{sheet}'!{xl_rowcol_to_cell(row, column)}"

    residual = "".join(f"{'+' if sign > 0 else '-'}{address(cell)}" for sign, cell in relation.terms)
    own = f"ROUND(A{line + 1},2)"
    tolerance = f"0.005*COUNT({','.join(address(c) for _, c in relation.terms)})+0.000001"
    if relation.op == "<=":
        return f"=0{residual}", f"=IF({own}<={tolerance},0,2)"
    return f"=0{residual}", f"=IF({own}=0,0,IF(ABS({own})<={tolerance},1,2))"


def write_workbook(path: Path, report: Report, relations: list[Relation], places: Places) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheets = {name: book.add_worksheet(name) for name in dict.fromkeys(s for s, _, _ in places.values())}
    for cell, amount in report.amounts.items():
        sheet, row, column = places[cell]
        sheets[sheet].write_number(row, column, amount / FEN_PER_WAN)
    rules = book.add_worksheet(RELATIONS)
    for line, relation in enumerate(relations):
        residual, verdict = formulas(relation, places, line)
        rules.write_formula(line, 0, residual)
        rules.write_formula(line, 1, verdict)
    book.add_worksheet(ELSEWHERE)
    book.close()


def some_cells(report: Report) -> list[Cell]:
    """Return detail amounts of form 03, each once."""
    cells = sorted(c for c in report.amounts if c.form == "03" and len(c.row) == 7 and c.col in ("basic", "project"))
    return random.Random(7).sample(cells, min(EDITS, len(cells)))


def run_calc(folder: Path, soffice: str) -> Peer:
    """Run the macro in a profile of its own."""
    profile = folder / "profile"
    command = [soffice, "--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile.as_uri()}"]
    # The first start makes the profile and would overwrite a library that was there before.
    subprocess.run([*command, "--terminate_after_init"], check=True, capture_output=True, timeout=120)
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True, exist_ok=True)
    (library / "Peer.xba").write_text(MODULE.format(macro=MACRO.replace("PASSES", str(PASSES))), encoding="utf-8")
    (library / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    macro = f'macro:///Standard.Peer.Run("{folder.as_posix()}")'
    subprocess.run([*command, macro], check=True, capture_output=True, timeout=900)
    result = (folder / "result.txt").read_text()
    if "line" in result:
        pytest.fail(f"macro: {result}")
    asked, idle, read, idle_reads, whole, violated = (float(x) for x in result.split())
    count = len((folder / "edits.txt").read_text().splitlines())
    return Peer((asked - idle) / count, (read - idle_reads) / count, whole, int(violated))


def violated(checker: Checker) -> int:
    """Count the relations that are off by more than rounding, whatever else is known of them."""

    def beyond(relation: Relation) -> bool:
        residual = checker.residual(relation)
        return (residual if relation.op == "<=" else abs(residual)) > checker.tolerance(relation)

    return sum(beyond(r) for r in checker.relations())


@pytest.mark.soffice
@pytest.mark.benchmark(group="edit → all affected verdicts, beside Calc (extra_info: ms per edit)")
@pytest.mark.parametrize("size", SIZES)
def test_edit_beside_calc(benchmark: Benchmark, tmp_path: Path, size: int) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed: no comparison")
    report = published_report(1, the_template(), size)
    engine = Engine(report, the_book())
    places, relations = places_of(report), list(engine.checker.relations())
    write_workbook(tmp_path / "report.xlsx", report, relations, places)
    cells = some_cells(report)
    # As they are, and five steps off, which is more than rounding.
    values = [(report.amounts[c], report.amounts[c] + 5 * PUBLISHED_GRAIN) for c in cells]
    line_of = {r.id: at for at, r in enumerate(relations)}
    lines = []
    for cell, (before, after) in zip(cells, values, strict=True):
        sheet, row, column = places[cell]
        verdicts = [line_of[r.id] for r in engine.checker.relations_of(cell)]
        fields = (sheet, column, row, before / FEN_PER_WAN, after / FEN_PER_WAN, len(verdicts), *verdicts)
        lines.append(",".join(map(str, fields)) + "\n")
    (tmp_path / "edits.txt").write_text("".join(lines), encoding="ascii")
    calc = run_calc(tmp_path, soffice)

    passes = [[typed(c, v[k % 2]) for c, v in zip(cells, values, strict=True)] for k in range(1, PASSES + 1)]
    commands = iter([command for made in passes for command in made])
    benchmark.pedantic(lambda: engine.apply(next(commands)), rounds=len(cells) * PASSES, iterations=1)
    times = benchmark.stats.stats.data
    ours = min(sum(times[k * len(cells) : (k + 1) * len(cells)]) for k in range(PASSES)) / len(cells) * 1e3
    start = perf_counter()
    engine.checker.rebuild()
    ours_whole = (perf_counter() - start) * 1e3
    assert violated(engine.checker) == calc.violated > 0
    benchmark.extra_info.update(
        rows=len(report.rows_of("03")),
        relations=len(relations),
        edits=len(cells),
        engine_ms=round(ours, 4),
        calc_asked_ms=round(calc.asked, 4),
        calc_read_ms=round(calc.read, 4),
        times_faster=round(calc.edit / ours, 1),
        engine_whole_ms=round(ours_whole, 1),
        calc_whole_ms=round(calc.whole, 1),
    )
    print(
        f"\n{size} rows, {len(relations)} relations: an edit takes the engine {ours:.4f} ms, "
        f"Calc {calc.asked:.4f} ms recalculating, {calc.read:.4f} ms read one by one; "
        f"everything {ours_whole:.0f} ms and {calc.whole:.0f} ms"
    )
    assert ours < calc.edit
