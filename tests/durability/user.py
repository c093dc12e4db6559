"""Somebody at the real program: starts it on a file, works with keys and menus, and says what is now on the disk.

Run as ``python -m tests.durability.user FILE SEED`` in a process of its own. Everything goes through the window: keys
typed into forms and text pages, blocks pasted, actions of the menus. One JSON object per line goes to stdout:

* ``starting``: the interpreter stands, the program is about to open the file.
* ``opened``: the window is up. ``seq`` is the last journal entry and ``digest`` one of the report (None: no report).
* ``saved``: a step has returned and the window takes it for saved; ``seq`` and ``digest`` as above.
* ``refused``: the window said that something was not saved; ``digest`` is of what it shows now.
* ``dialog``: a dialog came up and was answered. ``closed``: the window has closed the file.

Words come in on stdin, one per line: ``work`` and ``rest`` start and stop the editing, ``step`` makes one edit,
``copy PATH`` saves a copy, ``offer`` presses the button that the message bar offers, ``close`` ends the program in good
order.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QProgressDialog, QWidget

from desktopapp.core.commands import Batch, Command, DeleteRow, InsertRow, RenameRow, SetHead, SetSetting, typed
from desktopapp.core.template import LAST, Cell
from desktopapp.gui import app
from desktopapp.gui.document import Document
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.message_bar import Tone
from desktopapp.narrative.narrative import TEXT_FIELD
from desktopapp.store import creating
from desktopapp.store.errors import StoreError
from tests.durability.digest import digest
from tests.durability.program import CLOCK

_WATCH_MS = 20


def tell(what: str, **more: Any) -> None:
    """Say one thing on stdout, in one piece."""
    os.write(1, (json.dumps({"what": what, **more}, ensure_ascii=False) + "\n").encode())


class User:
    """Works in the first window of the program."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._working = self._in_step = False
        self._seq = 0
        self._heard = b""
        self._steps = QTimer()
        self._steps.timeout.connect(self._work)
        self._watch = QTimer()
        self._watch.timeout.connect(self._answer)
        self._ears: QSocketNotifier | None = None

    def start(self) -> None:
        """Begin, as soon as the window is up."""
        self._watch.start(_WATCH_MS)
        self._steps.start(0)
        self._ears = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._ears.activated.connect(self._hear)
        document = self.window.document
        if document is None:
            offer = self.window.messages.button
            tell("opened", seq=None, digest=None, said=self.window.messages.text(), offer=offer.text())
        else:
            self._seq = document.file._writer.last
            tell("opened", **self._state(), read_only=document.read_only, said=self.window.messages.text())

    @property
    def window(self) -> MainWindow:
        """Return the window that was opened first."""
        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

    def _state(self) -> dict[str, Any]:
        document = self.window.document
        return {"seq": self._seq, "digest": digest(document.report) if document is not None else None}

    # ── hearing and answering ───────────────────────────────────────────────────────────────────────────────────
    def _hear(self) -> None:
        self._heard += os.read(0, 4096)
        while b"\n" in self._heard:
            line, _, self._heard = self._heard.partition(b"\n")
            word, _, rest = line.decode().partition(" ")
            QTimer.singleShot(0, lambda word=word, rest=rest: self._obey(word, rest))

    def _obey(self, word: str, rest: str) -> None:
        if word in ("work", "rest"):
            self._working = word == "work"
            if not self._working:
                tell("resting")
        elif word == "step":
            self._step()
        elif word == "copy":
            dialogs.choose_to_save = lambda *_args: Path(rest)  # type: ignore[assignment]
            self.window.actions_["save_copy"].trigger()
            tell("copied", said=self.window.messages.text())
        elif word == "offer":
            self.window.messages.button.click()
            if self.window.document is not None:
                self._seq = self.window.document.file._writer.last
            tell("restored", **self._state(), said=self.window.messages.text())
        elif word == "close":
            self._working = False
            self.window.close()
            tell("closed")

    def _answer(self) -> None:
        """Answer whatever dialog is up, as somebody in a hurry would: with the button that is offered."""
        dialog = QApplication.activeModalWidget()
        if dialog is None or isinstance(dialog, QProgressDialog) or dialog.property("answered"):
            return
        dialog.setProperty("answered", True)
        if isinstance(dialog, QMessageBox):
            tell("dialog", title=dialog.windowTitle(), text=dialog.text())
            (dialog.defaultButton() or dialog.buttons()[0]).click()
        elif isinstance(dialog, QDialog):
            tell("dialog", title=dialog.windowTitle(), text="")
            dialog.accept()

    # ── working ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _work(self) -> None:
        if self._working:
            self._step()

    def _step(self) -> None:
        """Make one edit and say what became of it."""
        document = self.window.document
        if self._in_step or document is None or QApplication.activeModalWidget() is not None:
            return
        self._in_step = True
        self.window.messages.clear()
        ways: tuple[Callable[[], None], ...] = (
            *[self._type] * 6,
            *[self._paste] * 2,
            *[self._menu] * 3,
            *[self._undo] * 2,
            self._write_text,
            self._command,
            self._command,
        )
        way = self._dice.choice(ways)
        said = ""
        try:
            way()
        except (StoreError, ValueError) as error:
            said = str(error)
        finally:
            self._in_step = False
        if (form := self.window.workspace.form_view()) is not None and form.editing.active:
            QTest.keyClick(form.editing.editor, Qt.Key.Key_Escape)
        if self.window.messages.tone is Tone.ERROR:
            said = said or self.window.messages.text()
        if self.window.document is not document:
            return
        last = document.file._writer.last
        if last != self._seq:
            # Going elsewhere may have saved a text before the step itself was refused.
            self._seq = last
            tell("saved", how=way.__name__, **self._state())
        if said:
            tell("refused", how=way.__name__, said=said, **self._state(), at=last)

    def _form(self) -> Any:
        """Show a form, mostly the one on show; return its view, None while a text that cannot be saved keeps us."""
        workspace = self.window.workspace
        if workspace.form_view() is None or self._dice.random() < 0.2:
            forms = [p.key for p in workspace.pages if p.form_id and not p.form_id.startswith(LAST)]
            workspace.show_page(self._dice.choice(forms))
        return workspace.form_view()

    def _stand(self) -> Any:
        """Stand on some amount of a form; return the view, None as ``_form`` does."""
        view, report = self._form(), self._document().report
        if view is None:
            return None
        form = report.template.form(view.form_id)
        cells = list(report.cells(form))
        if cells:
            view.go_to(self._dice.choice(cells))
        view.table.setFocus()
        return view

    def _document(self) -> Document:
        document = self.window.document
        assert document is not None
        return document

    def _number(self) -> str:
        whole = self._dice.randrange(100_000)
        return f"{whole}.{self._dice.randrange(100):02d}"

    def _type(self) -> None:
        view = self._stand()
        if view is None:
            return
        number = self._number()
        QTest.keyClick(view.table, number[0])
        target: QWidget = view.editing.editor if view.editing.active else view.table
        QTest.keyClicks(target, number[1:])
        QTest.keyClick(target, Qt.Key.Key_Return)

    def _paste(self) -> None:
        view = self._stand()
        if view is None:
            return
        wide, high = self._dice.randrange(1, 4), self._dice.randrange(1, 6)
        block = "\n".join("\t".join(self._number() for _ in range(wide)) for _ in range(high))
        QApplication.clipboard().setText(block)
        view.table.setFocus()
        self.window.actions_["paste"].trigger()

    def _menu(self) -> None:
        if self._stand() is None:
            return
        name = self._dice.choice(("clear", "put_back", "fill_down", "sort_rows", "delete_rows", "check"))
        self.window.actions_[name].trigger()

    def _undo(self) -> None:
        self.window.actions_[self._dice.choice(("undo", "undo", "redo"))].trigger()

    def _write_text(self) -> None:
        workspace = self.window.workspace
        pages = [p.key for p in workspace.pages if p.key.startswith(TEXT_FIELD)]
        page: Any = workspace.show_page(self._dice.choice(pages))
        if page is None:
            return
        editor = page.editor
        editor.setFocus()
        QTest.keyClicks(editor, "".join(self._dice.choice("abcdef 0123456789") for _ in range(8)))
        # Going elsewhere saves what was typed, as a pause does.
        workspace.show_page(next(p.key for p in workspace.pages if p.form_id))

    def _command(self) -> None:
        """Do what some dialog would do when it is accepted."""
        document, dice = self._document(), self._dice
        report = document.report
        code = f"2{dice.randrange(1, 30):02d}{dice.randrange(1, 12):02d}{dice.randrange(1, 99):02d}"
        rows = list(report.rows_of("03"))
        commands: list[Command] = [
            SetHead(f"某某市第{dice.randrange(1000)}局", report.year),
            SetSetting("all_administrative", dice.random() < 0.5),
            InsertRow("03", code, f"科目{code}") if code not in rows else DeleteRow("03", code),
        ]
        if rows:
            row = dice.choice(rows)
            amount = dice.randrange(1, 10**6) * 10_000
            commands += [
                RenameRow("03", row, f"名称{dice.randrange(10**6)}"),
                Batch("", (typed(Cell("03", row, "basic"), amount), typed(Cell("03", row, "project"), None))),
            ]
        document.apply(dice.choice(commands))


def turn_clock(days: Path) -> None:
    """Let the clock by which reports are written run so many days ahead as a file says at that moment."""

    class Turned(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Turned:
            moment = datetime.now(tz) + timedelta(days=int(days.read_text() or 0))
            return cls.fromtimestamp(moment.timestamp(), tz)

    creating.datetime = Turned  # type: ignore[misc]


def main() -> None:
    """Run the program with a user in front of it."""
    path, seed = Path(sys.argv[1]), int(sys.argv[2])
    if days := os.environ.get(CLOCK):
        turn_clock(Path(days))
    app.make_application(sys.argv)
    user = User(seed)
    QTimer.singleShot(0, user.start)
    tell("starting")
    sys.exit(app.run(path))


if __name__ == "__main__":
    main()
