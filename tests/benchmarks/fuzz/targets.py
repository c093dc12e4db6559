"""What is fuzzed: each target takes bytes and either uses them or refuses them with one sentence."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from desktopapp import jobs
from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, AmountError, Unit, format_amount, parse_amount
from desktopapp.core.commands import CommandError, typed
from desktopapp.core.engine import Engine
from desktopapp.core.expression import parse_entry
from desktopapp.core.relations import rule_book
from desktopapp.core.template import TemplateError
from desktopapp.resources import resource_root
from desktopapp.store.errors import StoreError
from desktopapp.store.report_file import ReportFile, open_file
from desktopapp.store.template_files import load_template
from tests.benchmarks.fuzz.corpus import Corpus
from tests.breaking import broken
from tests.generators import published_report, the_template
from tests.memory_file import MemoryFile
from tests.store.breaking_files import broken_report

#: One sentence, or several, ended as such.
SENTENCE = re.compile(r"[^\n]{4,1200}[。]", re.DOTALL)


class Wrong(AssertionError):
    """The program did with an input what it must not do."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to fuzz.

    Attributes:
        feed: takes one input and a folder to work in; returns whether the input was taken; raises Wrong or anything.
        seeds: sound inputs out of the corpus.
        make: makes one broken input of the seeds.
    """

    feed: Callable[[bytes, Path], bool]
    seeds: Callable[[Corpus], list[bytes]]
    make: Callable[[list[bytes], random.Random], bytes]


def refused(error: Exception) -> bool:
    """Return False for an input that was refused in words; raise Wrong when the words are no sentence."""
    if not SENTENCE.fullmatch(str(error)):
        raise Wrong(f"not a sentence: {error!r}") from error
    return False


# ── what people type ────────────────────────────────────────────────────────────────────────────────────────────────
# fmt: off
_PIECES = [
    "1,234.56", "１２，３４５．６", "0.005", "-", "－", "（5.00）", "(3)", " ", "+", "*", "×", "÷", "/", ".", "。",
    "万", "元", "%", "1e5", "٣", "½", "Ⅳ", "十二", "\u3000", "\u200b", "\n", "=", "(", ")", "9" * 30, "00", ",,", "¥",
]
# fmt: on


def _typed(seeds: list[bytes], chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        return broken(chance.choice(seeds), chance, text=True)
    return "".join(chance.choice(_PIECES) for _ in range(chance.randrange(1, 9))).encode()


def _amount(data: bytes, folder: Path) -> bool:
    text = data.decode("utf-8", "replace")
    taken = False
    for unit in Unit:
        for grain in (EXACT_GRAIN, PUBLISHED_GRAIN):
            try:
                amount = parse_amount(text, unit, grain)
            except AmountError as error:
                refused(error)
                continue
            back = parse_amount(format_amount(amount, Unit.YUAN), Unit.YUAN, EXACT_GRAIN)
            if (back or 0) != (amount or 0):  # zero is shown as nothing
                raise Wrong(f"{text!r} became {amount}, which reads back differently")
            taken = True
    return taken


def _expression(data: bytes, folder: Path) -> bool:
    text = "=" + data.decode("utf-8", "replace")
    taken = False
    for unit in Unit:
        try:
            amount = parse_entry(text, unit, PUBLISHED_GRAIN)
        except AmountError as error:
            refused(error)
        else:
            taken = True
            if type(amount) is not int or amount % PUBLISHED_GRAIN:
                raise Wrong(f"{text!r} became {amount!r}")
    return taken


# ── what people paste ───────────────────────────────────────────────────────────────────────────────────────────────
@cache
def _window() -> Any:
    """Return forms in real widgets on a report in memory; made once in each process."""
    from PySide6.QtWidgets import QApplication

    from desktopapp.gui.document import Document
    from desktopapp.gui.forms import FormView

    application = QApplication.instance() or QApplication(["fuzz", "-platform", "offscreen"])
    report = published_report(3, the_template("hubei-2024"), rows=12)
    file = MemoryFile(report, Engine(report, rule_book(report.template)))
    document = Document(cast("ReportFile", file), jobs.get_catalogues(2024))
    return application, document, [FormView(document, form.id) for form in document.report.template.forms]


def _clipboard(data: bytes, folder: Path) -> bool:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QGuiApplication

    _application, document, views = _window()
    text = data.decode("utf-8", "replace")
    mime = QMimeData()
    mime.setText(text)
    if "<t" in text:
        mime.setHtml(text)
    QGuiApplication.clipboard().setMimeData(mime)
    chance = random.Random(len(data))
    view = chance.choice(views)
    rows, columns = len(view.model.grid.layout.body), view.model.grid.columns
    top, left = chance.randrange(rows), chance.randrange(columns)
    view.table.select_range((top, left), (top, left))
    said: list[str] = []
    view.status_message.connect(lambda message, _bad: said.append(message))
    try:
        view.paste()
    finally:
        view.status_message.disconnect()
    if not said or not all(SENTENCE.fullmatch(message) for message in said):
        raise Wrong(f"said {said!r}")
    before = dict(document.report.amounts)
    if document.file.undo() is not None:
        document.file.redo()
        if dict(document.report.amounts) != before:
            raise Wrong("undo and redo of a paste changed the amounts")
        document.file.undo()
    document.file.undone.clear()
    return True


# ── templates ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _template_files(corpus: Corpus) -> list[bytes]:
    root = resource_root() / "templates"
    return [f"{p.relative_to(root)}\n".encode() + p.read_bytes() for p in sorted(root.rglob("*.toml"))]


def _broken_template(seeds: list[bytes], chance: random.Random) -> bytes:
    name, _, content = chance.choice(seeds).partition(b"\n")
    return name + b"\n" + broken(content, chance, text=True)


def _template(data: bytes, folder: Path) -> bool:
    name, _, content = data.partition(b"\n")
    root = folder / "templates"
    if not root.exists():
        shutil.copytree(resource_root() / "templates", root)
    path = root / name.decode()
    whole = path.read_bytes()
    path.write_bytes(content)
    taken = True
    try:
        for template_id in jobs.template_ids():
            try:
                load_template(root, template_id)
            except TemplateError as error:
                taken = refused(error)
    finally:
        path.write_bytes(whole)
    return taken


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _file(kind: str, *, zipped: bool = False, text: bool = False) -> Target:
    def feed(data: bytes, folder: Path) -> bool:
        path = folder / f"坏文件.{kind}"
        path.write_bytes(data)
        try:
            imported = jobs.import_any(path)
        except jobs.UserError as error:
            return refused(error)
        finally:
            if path.read_bytes() != data:
                raise Wrong("the source was changed")
            path.unlink()
            if left := [p.name for p in folder.iterdir() if p.name != "templates"]:
                raise Wrong(f"left behind: {left}")
        if not all(type(amount) is int for amount in imported.report.amounts.values()):
            raise Wrong("an amount is not a whole number of 分")
        jobs.check_report(imported.report)
        return True

    def make(seeds: list[bytes], chance: random.Random) -> bytes:
        return broken(chance.choice(seeds), chance, zipped=zipped, text=text)

    return Target(feed, lambda corpus: corpus[kind], make)


def _report(data: bytes, folder: Path) -> bool:
    """Open a report file as the window does, use all of it, and look what became of the file."""
    path = folder / "报告" / "坏文件.juesuan"
    path.parent.mkdir()
    path.write_bytes(data)
    try:
        with open_file(path, jobs.get_template) as file:
            _use(file, folder / "副本.juesuan")
        return True
    except StoreError as error:
        if path.read_bytes() != data:
            raise Wrong("a file that was refused was changed") from error
        _look(path)
        return refused(error)
    finally:
        shutil.rmtree(path.parent)
        (folder / "副本.juesuan").unlink(missing_ok=True)


def _use(file: ReportFile, copy: Path) -> None:
    """Use everything that reads and writes an open report; what cannot be done must be said."""
    jobs.check_report(file.report)
    file.history()
    cell = next(iter(file.report.cells(file.report.template.forms[0])))
    for step in (lambda: file.apply(typed(cell, 1_000_000)), file.undo, file.undo, file.redo):
        try:
            step()
        except (StoreError, CommandError) as error:
            refused(error)
    file.save_copy(copy)
    with open_file(copy, jobs.get_template, backup=False) as again:
        if again.report.amounts != file.report.amounts or again.report.fields != file.report.fields:
            raise Wrong("the copy is another report")


def _look(path: Path) -> None:
    try:
        open_file(path, jobs.get_template, damaged=True).close()
    except StoreError as error:
        refused(error)


def _scores(data: bytes, folder: Path) -> bool:
    path = folder / "指标.csv"
    path.write_bytes(data)
    try:
        jobs.score_csv(path)
    except jobs.UserError as error:
        return refused(error)
    finally:
        path.unlink()
    return True


_SCORES = (
    "指标,权重,目标值,实际值\n培训次数,10,≥4次,3次\n满意度,10,≥95%,97.3%\n响应时间,5,≤1 小时,0.5小时\n" * 3
).encode()


def _broken_text(seeds: list[bytes], chance: random.Random) -> bytes:
    return broken(chance.choice(seeds), chance, text=True)


def _texts(corpus: Corpus) -> list[bytes]:
    return [b"12,938.50", "１２，９３８．５０".encode(), b"-0.01"]


def _blocks(corpus: Corpus) -> list[bytes]:
    return [*corpus["tsv"], *corpus["html"], b"2010301\t1,383.50\t12.00\n201\tx\t=1+1", b"1\t2\t3\n4\t5\t6\n"]


def _as_text(seeds: list[bytes], chance: random.Random) -> bytes:
    data = chance.choice(seeds)
    start = chance.randrange(len(data))
    return broken(data[start : start + chance.choice((50, 500, 5000))], chance, text=True)


TARGETS: dict[str, Target] = {
    "amount": Target(_amount, _texts, _typed),
    "expression": Target(_expression, _texts, _typed),
    "clipboard": Target(_clipboard, _blocks, _as_text),
    "template": Target(_template, _template_files, _broken_template),
    "scores": Target(
        _scores, lambda _: [_SCORES], lambda seeds, chance: broken(chance.choice(seeds), chance, text=True)
    ),
    "xlsx": _file("xlsx", zipped=True),
    "xls": _file("xls"),
    "ods": _file("ods", zipped=True),
    "docx": _file("docx", zipped=True),
    "pdf": _file("pdf"),
    "html": _file("html", text=True),
    "txt": _file("txt", text=True),
    "tsv": _file("tsv", text=True),
    "json": _file("json", text=True),
    "juesuan": _file("juesuan"),
    "report": Target(
        _report, lambda corpus: corpus["juesuan"], lambda s, chance: broken_report(chance.choice(s), chance)
    ),
}
