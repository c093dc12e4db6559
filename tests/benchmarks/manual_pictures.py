"""Makes the pictures of the manual from the real windows and the bundled sample.

    python -m tests.benchmarks.manual_pictures [NAME …]      without names all of them

Needs no display. The pictures are drawn at one and a half times their size and kept with few colours, so that they
are sharp on paper and small in the package.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

SCALE = "1.5"
COLOURS = 96
SIZE = (1180, 720)


def _screen() -> str:
    """Return the platform without a display, with a screen on which every dialog has its full size."""
    path = Path(tempfile.gettempdir()) / "juesuan-manual-screen.json"
    path.write_text('{"screens": [{"name": "s", "x": 0, "y": 0, "width": 2880, "height": 1800, "logicalDpi": 96}]}')
    return f"offscreen:configfile={path}"


os.environ["QT_QPA_PLATFORM"] = _screen()
os.environ.setdefault("QT_SCALE_FACTOR", SCALE)

from PIL import Image  # noqa: E402
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, Qt, QThreadPool, QTimer  # noqa: E402
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from desktopapp import jobs  # noqa: E402
from desktopapp.core.commands import SetCells, SetField  # noqa: E402
from desktopapp.core.engine import Engine  # noqa: E402
from desktopapp.core.findings import Severity  # noqa: E402
from desktopapp.core.performance.selfeval_json import to_json  # noqa: E402
from desktopapp.core.relations import rule_book  # noqa: E402
from desktopapp.core.report import Report  # noqa: E402
from desktopapp.core.takeover import compare  # noqa: E402
from desktopapp.core.template import Cell  # noqa: E402
from desktopapp.gui import app  # noqa: E402
from desktopapp.gui.document import Document  # noqa: E402
from desktopapp.gui.forms.editor import CellEditor  # noqa: E402
from desktopapp.gui.importing.compare import CompareDialog  # noqa: E402
from desktopapp.gui.importing.review import ReviewDialog  # noqa: E402
from desktopapp.gui.publish.export_dialog import ExportAllDialog  # noqa: E402
from desktopapp.gui.publish.preview import PreviewDialog  # noqa: E402
from desktopapp.gui.rounding.dialog import RoundingDialog  # noqa: E402
from desktopapp.gui.sharing.merge_dialog import MergeDialog  # noqa: E402
from desktopapp.gui.text.facts_browser import FactsBrowser  # noqa: E402
from desktopapp.gui.text.style_dialog import StyleDialog  # noqa: E402
from desktopapp.gui.versions.compare_dialog import CompareVersionsDialog  # noqa: E402
from desktopapp.gui.versions.history import HistoryDialog  # noqa: E402
from desktopapp.gui.window.accept_dialog import AcceptDialog  # noqa: E402
from desktopapp.gui.window.error_dialog import ErrorDialog  # noqa: E402
from desktopapp.gui.window.goto_dialog import GoToDialog  # noqa: E402
from desktopapp.gui.window.new_report import NewReportDialog  # noqa: E402
from desktopapp.gui.window.properties import PropertiesDialog  # noqa: E402
from desktopapp.gui.window.settings import Settings, Theme  # noqa: E402
from desktopapp.gui.window.settings_dialog import SettingsDialog  # noqa: E402
from desktopapp.jobs.merging import Merging  # noqa: E402
from desktopapp.resources import resource_root  # noqa: E402
from desktopapp.store.report_file import create, open_file  # noqa: E402
from tests.generators import exact_report  # noqa: E402
from tests.gui.importing.conftest import doubtful, reading  # noqa: E402
from tests.gui.selfeval.conftest import project  # noqa: E402

DEPARTMENT = "某某市某某局"
ROW = Cell("03", "2010302", "project")
_WAN = 1_000_000
_FOLDER = Path(tempfile.gettempdir()) / "决算公开"


def sample_report() -> Report:
    """Return the bundled sample under another name, with last year's amounts, text, and self-evaluation forms."""
    figures = jobs.import_any(jobs.sample_path()).report
    Engine(figures, rule_book(figures.template)).start_automatic()
    last = figures.copy()
    last.year -= 1
    for cell, amount in last.amounts.items():
        last.amounts[cell] = (amount or 0) * 97 // 100 // 10_000 * 10_000
    Engine(last, rule_book(last.template)).start_automatic()
    report, _ = jobs.roll(last, figures.year)
    report.department = DEPARTMENT
    report.amounts.update(figures.amounts)
    report.fields["selfeval"] = [to_json(project()), to_json(replace(project("宣传经费"), goals=()))]
    report.fields["text.duties"] = "贯彻落实国家有关方针政策，拟订本市相关规划并组织实施。\n指导各区开展工作。"
    return report


class Stage:
    """A window on a copy of the sample in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.application = app.make_application(sys.argv)
        settings = Settings(folder / "window.ini")
        settings.theme, settings.last_folder = Theme.LIGHT, folder
        settings.set_text("guide_seen", "yes")
        settings.author = "张三"
        self.windows = app.Windows(self.application, settings)
        self.path = folder / f"{DEPARTMENT}2023年度部门决算公开.juesuan"
        create(self.path, sample_report())
        self.window = self.windows.add()
        self.window.show()
        self.resize()

    def resize(self) -> None:
        """Give the window its size again, whatever the screen made of it."""
        self.window.setWindowState(Qt.WindowState.WindowNoState)
        self.window.resize(*SIZE)
        self.window.resizeDocks(
            [self.window.navigation_dock, self.window.findings], [215, 262], Qt.Orientation.Horizontal
        )
        wait()

    def open(self) -> Document:
        """Open the sample with everything put right that its relations show."""
        if self.window.document is None:
            assert self.window.files.open_path(self.path)
            document = self.document
            document.suspicions.look()
            wait(300)
            for _ in range(6):
                self.window.actions_["next_finding"].trigger()
                self.window.actions_["adopt"].trigger()
                document.suspicions.look()
                wait(50)
            self.settle()
            self.window.messages.clear()
        self.resize()
        return self.document

    @property
    def document(self) -> Document:
        """Return the open report."""
        assert self.window.document is not None
        return self.window.document

    def settle(self) -> None:
        """Wait until nothing is checked in the background any more."""
        for _ in range(400):
            wait(25)
            if not self.document.text.is_checking():
                break
        wait(150)

    def page(self, key: str) -> QWidget:
        """Show a page."""
        self.open()
        view = self.window.workspace.show_page(key)
        assert view is not None, key
        self.window.messages.clear()
        self.settle()
        return view

    def slip(self) -> None:
        """Exchange two digits of an amount, as a tired hand does."""
        document = self.open()
        amount = document.report.get(ROW)
        assert amount == 706_571_0000, amount
        document.apply(SetCells(((ROW, 705_671_0000, False),)))
        document.suspicions.look()
        self.settle()


def wait(milliseconds: int = 60) -> None:
    """Let the event loop run; unlike QTest.qWait, jobs in the background run meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


Shot = Iterator[QWidget]
SHOTS: dict[str, Callable[[Stage], Shot]] = {}


def shot(make: Callable[[Stage], Shot]) -> Callable[[Stage], Shot]:
    """Register a picture under the name of its function."""
    SHOTS[make.__name__] = make
    return make


def shown(dialog: QDialog, milliseconds: int = 200) -> Shot:
    """Show a dialog, hand it out and take it away."""
    dialog.show()
    wait(milliseconds)
    yield dialog
    dialog.close()
    dialog.deleteLater()


def alone(stage: Stage, key: str) -> Shot:
    """Hand out a page that has the room of the docks as well."""
    stage.window.findings.hide()
    yield stage.page(key)
    stage.window.findings.show()


def wait_for(done: Callable[[], bool]) -> None:
    """Let the event loop run until something has come about."""
    for _ in range(400):
        wait(50)
        if done():
            return


# ── pictures, in the order in which they can be taken ───────────────────────────────────────────────────────────────
@shot
def welcome(stage: Stage) -> Shot:
    for name in ("某某市某某局2022年度部门决算公开", "某某市某某局2021年度部门决算公开"):
        stage.windows.settings.add_recent(_FOLDER / f"{name}.juesuan", f"某某市某某局　{name[6:10]} 年度")
    stage.window.welcome.set_recent([replace(r, pinned=n == 0) for n, r in enumerate(stage.windows.settings.recent())])
    yield stage.window
    stage.windows.settings.set_text("recent", "")


@shot
def new_report(stage: Stage) -> Shot:
    templates = [jobs.get_template(t) for t in jobs.template_ids()]
    dialog = NewReportDialog(templates, _FOLDER, stage.window)
    dialog.department.setText(DEPARTMENT)
    yield from shown(dialog)


@shot
def review(stage: Stage) -> Shot:
    source, _ = doubtful(stage.folder)
    dialog = ReviewDialog(source, jobs.import_any(source), reading(source), stage.window)
    dialog.resize(SIZE[0], 680)
    dialog.show()
    dialog.next_doubt()
    yield from shown(dialog, 400)


@shot
def window(stage: Stage) -> Shot:
    stage.slip()
    dock = stage.window.findings
    found = next(f for f in dock.model.findings() if f.form == ROW.form)
    dock.view.show_finding(found)
    stage.window.show_finding(found)
    wait(300)
    yield stage.window


@shot
def finding(stage: Stage) -> Shot:
    yield stage.window.findings


@shot
def inspector(stage: Stage) -> Shot:
    yield stage.window.workspace.inspector
    stage.window.actions_["undo"].trigger()
    stage.settle()


@shot
def progress(stage: Stage) -> Shot:
    stage.page("01")
    stage.window.progress.raise_()
    stage.window.progress.refresh()
    wait(100)
    yield stage.window.progress
    stage.window.navigation_dock.raise_()


@shot
def typing(stage: Stage) -> Shot:
    view = stage.page("03")
    stage.window.workspace.go_to(Cell("03", "2010301", "basic"))
    wait()
    table = getattr(view, "table")  # noqa: B009
    QTest.keyClick(table, Qt.Key.Key_Equal)
    editor = view.findChild(CellEditor)
    assert editor is not None
    QTest.keyClicks(editor, "1200.5+183")
    wait()
    yield stage.window.workspace
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    wait()


@shot
def find(stage: Stage) -> Shot:
    stage.page("03")
    stage.window.actions_["find"].trigger()
    stage.window.workspace.find_bar.field.setText("行政运行")
    wait(400)
    yield stage.window.workspace.find_bar
    stage.window.workspace.find_bar.leave()


@shot
def go_to(stage: Stage) -> Shot:
    document = stage.open()
    dialog = GoToDialog(document.report, [f"{n:02d}" for n in range(1, 10)], stage.window)
    dialog.field.setText("03 2010")
    yield from shown(dialog)


@shot
def properties(stage: Stage) -> Shot:
    yield from shown(PropertiesDialog(stage.open(), stage.window))


@shot
def text(stage: Stage) -> Shot:
    stage.page("text.income")
    yield stage.window


@shot
def facts(stage: Stage) -> Shot:
    dialog = FactsBrowser(stage.open(), stage.window)
    dialog.resize(860, 420)
    yield from shown(dialog, 400)


@shot
def style(stage: Stage) -> Shot:
    yield from shown(StyleDialog(stage.open(), stage.window))


@shot
def inputs(stage: Stage) -> Shot:
    yield from alone(stage, "input.items")


@shot
def selfeval(stage: Stage) -> Shot:
    yield from alone(stage, "selfeval/0")


@shot
def selfeval_list(stage: Stage) -> Shot:
    yield from alone(stage, "selfeval")


@shot
def accept(stage: Stage) -> Shot:
    document = stage.open()
    findings = document.findings.all()
    warning = next((f for f in findings if f.severity is Severity.WARNING), findings[0])
    yield from shown(AcceptDialog(warning, "上年机构改革，口径不同，已在说明中写明。", stage.window))


@shot
def differences(stage: Stage) -> Shot:
    report = stage.open().report
    other = report.copy()
    for n, cell in enumerate([c for c in report.amounts if c.form == "03"][:9]):
        other.amounts[cell] = (report.amounts[cell] or 0) + n * _WAN
    dialog = CompareDialog(report, other, compare(report, other), "同事的副本.juesuan", parent=stage.window)
    dialog.resize(980, 460)
    yield from shown(dialog)


@shot
def merge(stage: Stage) -> Shot:
    document = stage.open()
    mine, path = document.file, document.file.path.with_name("决算公开 20240305 李四.juesuan")
    typed = [c for c in document.report.amounts if c.form == "03" and c not in document.report.auto]
    first, second, third = typed[:3]
    document.apply(SetField("text.duties", "贯彻执行法律法规。\n承办其他事项。"))
    mine.save_copy(path)
    with open_file(path, jobs.get_template, user="李四", backup=False) as copy:
        for cell, amount in ((first, 1200 * _WAN), (second, 87 * _WAN), (third, 35 * _WAN)):
            copy.apply(SetCells(((cell, amount, False),)))
        copy.apply(SetField("text.duties", "贯彻执行国家和省市法律法规。\n承办其他事项。"))
    document.apply(SetCells(((first, 1210 * _WAN, False),)))
    with open_file(path, jobs.get_template, read_only=True) as copy:
        merging = Merging(mine, copy)
    dialog = MergeDialog(merging, jobs.check_report(merging.mine)[1], stage.window)
    dialog.resize(1060, 600)
    wait_for(lambda: "错误" in dialog.tabs.tabText(1))
    yield from shown(dialog)


@shot
def history(stage: Stage) -> Shot:
    document = stage.open()
    document.apply(SetField("text.attachments", "附件。"))
    yield from shown(HistoryDialog(document, "", stage.window), 300)


@shot
def versions(stage: Stage) -> Shot:
    document = stage.open()
    amount = document.report.get(ROW) or 0
    document.apply(SetCells(((ROW, amount + 2 * _WAN, False),)))
    stage.window.actions_["back_up"].trigger()
    document.apply(SetCells(((ROW, amount, False),)))
    stage.window.actions_["versions"].trigger()
    wait(1_500)
    shown_now = [w for w in QApplication.topLevelWidgets() if isinstance(w, CompareVersionsDialog) and w.isVisible()]
    shown_now[0].resize(940, 520)
    wait(300)
    yield shown_now[0]
    shown_now[0].close()
    stage.window.messages.clear()


@shot
def preview(stage: Stage) -> Shot:
    dialog = PreviewDialog(stage.open(), stage.window)
    dialog.resize(760, 760)
    dialog.show()
    for _ in range(600):
        wait(50)
        if dialog.pdf.pageCount() > 0:
            break
    dialog.show_mark("form.01")
    yield from shown(dialog, 800)


@shot
def export(stage: Stage) -> Shot:
    dialog = ExportAllDialog(stage.open(), _FOLDER, ("docx", "pdf", "xlsx"), stage.window)
    dialog.resize(1060, 560)
    wait_for(lambda: "……" not in dialog.fonts.text())
    yield from shown(dialog)


@shot
def settings(stage: Stage) -> Shot:
    yield from shown(SettingsDialog(stage.windows.settings, stage.window), 1_500)


@shot
def error(stage: Stage) -> Shot:
    yield from shown(ErrorDialog(stage.folder / "juesuan.log", stage.window))


@shot
def rounding(stage: Stage) -> Shot:
    path = stage.folder / "按元保存.juesuan"
    create(path, exact_report(5))
    stage.window.files.open_path(path)
    stage.resize()
    dialog = RoundingDialog(stage.document, stage.window)
    dialog.resize(860, 520)
    wait_for(lambda: dialog.plan is not None)
    yield from shown(dialog)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def framed(picture: QPixmap) -> QPixmap:
    """Return a picture with a thin line around it, so that it stands apart from the page."""
    painter = QPainter(picture)
    painter.setPen(QPen(QColor("#b8bec6"), 1))
    ratio = picture.devicePixelRatio()
    painter.drawRect(0, 0, round(picture.width() / ratio) - 1, round(picture.height() / ratio) - 1)
    painter.end()
    return picture


def small_png(picture: QPixmap) -> bytes:
    """Return a picture as PNG of few colours."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    with Image.open(BytesIO(bytes(buffer.data().data()))) as image:
        few = image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        out = BytesIO()
        few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main(names: list[str]) -> int:
    """Take the pictures."""
    folder = resource_root() / "help" / "pictures"
    folder.mkdir(exist_ok=True)
    unknown = [n for n in names if n not in SHOTS]
    if unknown:
        print(f"no such picture: {' '.join(unknown)}; there are: {' '.join(SHOTS)}")
        return 2
    total = 0
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir()
    try:
        stage = Stage(_FOLDER)
        for name, make in SHOTS.items():
            for widget in make(stage):
                if not names or name in names:
                    picture = widget.grab()
                    assert not picture.isNull(), name
                    (folder / f"{name}.png").write_bytes(small_png(framed(picture)))
        for shown_window in list(stage.windows.open):
            shown_window.close()
        QThreadPool.globalInstance().waitForDone()
    finally:
        shutil.rmtree(_FOLDER)
    for path in sorted(folder.glob("*.png")):
        total += path.stat().st_size
        print(f"{path.stat().st_size:8} {path.name}")
    print(f"{total:8} together")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
