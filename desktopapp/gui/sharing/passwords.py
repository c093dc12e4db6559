"""Passwords in the window: asked for when a report has one, given, changed and taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktopapp import jobs
from desktopapp.gui.window.dialogs import complain
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.window.progress import run_with_progress
from desktopapp.gui.workers import Control, Outcome
from desktopapp.store.cipher import Secret, fits, is_available, is_encrypted
from desktopapp.store.errors import DamagedError, PasswordNeededError, WrongPasswordError
from desktopapp.store.passwords import Left, set_password

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

MISSING = "这台电脑缺少加密组件（sqlcipher3），不能设置密码；其他功能不受影响。"
_Again = Callable[[Secret], bool | None]


class PasswordWork(QObject):
    """Asks for passwords and carries out what is wished of them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self, error: BaseException, again: _Again, *, action: str = "打开", later: bool = False) -> bool | None:
        """Where a report wants a password, ask for it and try again; None where the error is another one.

        ``later`` waits until the window is on show. Otherwise tells whether it worked.
        """
        path = _wanting(error)
        if path is None:
            return None
        if later:
            self._window.say(str(error), Tone.WARNING)
            QTimer.singleShot(0, self, lambda: self._ask(path, "", again, action))
            return False
        said = str(error) if isinstance(error, WrongPasswordError) or "密码不对" in str(error) else ""
        return self._ask(path, said, again, action)

    def _ask(self, path: Path, said: str, again: _Again, action: str) -> bool:
        from desktopapp.gui.sharing.password_dialogs import AskPassword

        secret = AskPassword.ask(path, self._window, said, action)
        if secret is None:
            self._window.say(f"没有打开“{path.name}”：没有输入密码。")
            return False
        return bool(again(secret))

    def offer_locked_backups(self, error: BaseException | None) -> bool | None:
        """Of a damaged report whose backups have a password, ask for it and offer them; None where there are none."""
        from desktopapp.store.backup import good_backups, list_backups

        if not isinstance(error, DamagedError) or error.backups:
            return None
        path = error.path
        if not any(is_encrypted(b.path) for b in list_backups(path)):
            return None

        def again(secret: Secret) -> bool | None:
            found = good_backups(path, secret=secret)
            if not found:
                complain(self._window, "恢复备份", f"{error}用这个密码也没有找到可用的备份。")
                return False
            error.backups = tuple(found)
            return self._window.versions.offer_backups(error, secret, quietly=False)

        return self._ask(path, f"{error}备份设有密码。", again, "查找备份")

    # ── giving and taking ───────────────────────────────────────────────────────────────────────────────────────
    def change(self) -> None:
        """Ask what becomes of the password of the open report, and carry it out."""
        from desktopapp.gui.sharing.password_dialogs import NewPassword

        document = self._window.document
        if document is None:
            return
        if not is_available():
            complain(self._window, "设置密码", MISSING)
            return
        path, old = document.file.path, document.file.secret
        wished = NewPassword.ask(path.name, self._window, has_one=old is not None)
        if wished is not None:
            self._carry_out(path, old, wished[1])

    def _carry_out(self, path: Path, old: Secret | None, new: Secret | None) -> None:
        page, user = self._window.workspace.page(), self._window.settings.author or None
        self._window.show_prepared(None)

        def job(control: Control) -> Left:
            return set_password(path, old, new, user=user, progress=lambda f, t: control.progress(f, t))

        def ended(outcome: Outcome) -> None:
            # Cancelled while backups were converted, the report itself is under the new password already.
            now = new if new is not None and fits(path, new) else old
            if not self._window.files.open_path(path, secret=now if is_encrypted(path) else None):
                return
            if page is not None:
                self._window.workspace.show_page(page.key)
            if outcome.error is not None:
                complain(self._window, "密码没有改动", sentence_of(outcome.error))
            else:
                self._say_done(old, new, outcome.value)

        run_with_progress(self._window, f"正在处理“{path.name}”和它的备份……", job, ended)

    def _say_done(self, old: Secret | None, new: Secret | None, left: Left | None) -> None:
        verb = "已取消密码" if new is None else "已设置密码" if old is None else "已更改密码"
        also = "文件和备份不再加密" if new is None else "文件和备份已加密"
        if left is None:
            self._window.say(f"{verb}；有的备份没有处理完，下次打开时继续。", Tone.WARNING)
        elif left.plain or left.other:
            names = "、".join(p.name for p in (*left.plain, *left.other)[:3])
            why = "不用密码也能打开，不需要的请删除" if left.plain else "仍是原来的密码"
            self._window.say(
                f"{verb}。有 {len(left.plain) + len(left.other)} 份备份没能处理（{names}），{why}。", Tone.WARNING
            )
        else:
            self._window.say(f"{verb}，{also}。")


def _wanting(error: BaseException) -> Path | None:
    """Return the report that wants a password, None for other errors."""
    if isinstance(error, PasswordNeededError | WrongPasswordError | jobs.PasswordError):
        return error.path
    return None
