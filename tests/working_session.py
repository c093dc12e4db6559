"""A whole working session in one process, for tests that watch the process from outside.

``python -m tests.working_session FOLDER`` opens the sample in the window, types, pastes, undoes, walks through every
page, looks at the help and the preview, exports everything, reads what it exported, and rolls into a new year; the
last line it prints is ``done``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE = 240.0


def main(folder: Path) -> None:
    """Work in a folder; raises AssertionError where a step did not come to its end."""
    from PySide6.QtCore import QThreadPool
    from PySide6.QtGui import QGuiApplication

    from desktopapp import jobs
    from desktopapp.core.commands import SetCells
    from desktopapp.gui import app
    from desktopapp.gui.window.main_window import MainWindow
    from desktopapp.gui.window.settings import Settings
    from desktopapp.store.report_file import create

    application = app.make_application(["juesuan"])
    windows = app.Windows(application, Settings(folder / "settings.ini"))
    path = folder / "示例.juesuan"
    create(path, jobs.import_any(jobs.sample_path()).report)
    window = windows.open_first(path, sample=False)
    assert isinstance(window, MainWindow)
    window.resize(1400, 900)
    window.show()
    wait(lambda: window.document is not None)
    document = window.document
    assert document is not None

    cell = next(iter(document.report.amounts))
    document.apply(SetCells(((cell, 1_234_000_000, False),)))
    QGuiApplication.clipboard().setText("1.00\t2.00\n=1+2\thttp://example.com\n")
    for key in [page.key for page in window.workspace.pages]:
        widget = window.workspace.show_page(key)
        wait(lambda: widget is not None and widget.isVisible())  # noqa: B023
    window.workspace.show_page("03")
    view = window.workspace.form_view()
    assert view is not None
    view.table.select_range((2, 2), (2, 2))
    view.paste()
    while document.file.undo() is not None:
        pass
    window.views.show_help()
    window.publishing.preview()
    preview = window.publishing._preview
    assert preview is not None
    wait(lambda: preview.made is not None)

    document_path = {kind: folder / f"成品.{kind}" for kind in ("docx", "pdf", "html")}
    jobs.export_documents(document.report, document_path)
    jobs.export_xlsx(document.report, folder / "成品.xlsx")
    jobs.export_json(document.report, folder / "成品.json")
    jobs.export_csv(document.report, folder / "成品.csv")
    for kind in ("docx", "pdf", "html", "xlsx", "json"):
        read = jobs.import_any(folder / f"成品.{kind}").report
        assert read.amounts, kind
    rolled, _remarks = jobs.roll(document.report, document.report.year + 1)
    jobs.save_new(rolled, folder / "新年度.juesuan")
    jobs.check_report(rolled)
    window.close()
    QThreadPool.globalInstance().waitForDone()
    print("done", flush=True)


def wait(ready: Callable[[], bool]) -> None:
    """Let the event loop run until something is so; raises AssertionError when it takes too long."""
    from PySide6.QtCore import QCoreApplication

    until = time.monotonic() + _PATIENCE
    QCoreApplication.processEvents()
    while not ready():
        assert time.monotonic() < until, "too long"
        QCoreApplication.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
    os._exit(0)
