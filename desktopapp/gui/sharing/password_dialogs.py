"""Asking for the password of a report, and for a new one; a password lost is a report lost, and that is said."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.palette import theme_of
from desktopapp.store.cipher import Secret

LOST = (
    "忘记密码，文件就再也打不开了：密码不保存在任何地方，本程序、开发者和管理员都没有办法找回。"
    "请把密码记在安全的地方，并告诉需要它的同事。"
)
#: Shorter passwords are admitted, with a word on it.
_SHORT = 8
_WIDTH = 460


class PasswordFields(QWidget):
    """A new password typed twice; ``secret`` is None while both differ or are empty."""

    def __init__(self, parent: QWidget | None = None, *, keys: tuple[str, str, str] = ("P", "R", "V")) -> None:
        super().__init__(parent)
        self.first, self.again = line("新密码"), line("再输一次")
        self.show_ = QCheckBox(f"显示密码(&{keys[2]})")
        self.said = QLabel()
        self.said.setWordWrap(True)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(labelled(f"新密码(&{keys[0]})：", self.first), self.first)
        form.addRow(labelled(f"再输一次(&{keys[1]})：", self.again), self.again)
        form.addRow("", self.show_)
        form.addRow("", self.said)
        self.show_.toggled.connect(self._show)
        for field in (self.first, self.again):
            field.textChanged.connect(self._judge)
        self._judge()

    def _show(self, on: bool) -> None:
        for field in (self.first, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)

    def _judge(self) -> None:
        first, again = self.first.text(), self.again.text()
        if first and again and first != again:
            self.said.setText("两次输入的密码不一样。")
        elif first and len(first) < _SHORT:
            self.said.setText(f"密码少于 {_SHORT} 个字符，容易被猜到；建议长一些，中文也可以。")
        else:
            self.said.setText("")

    def secret(self) -> Secret | None:
        """Return the password, None while there is none that was typed twice alike."""
        text = self.first.text()
        return Secret(text) if text and text == self.again.text() else None


class AskPassword(QDialog):
    """Asks for the password of a report."""

    def __init__(self, path: Path, said: str = "", action: str = "打开", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("输入密码")
        words = QLabel(f"“{path.name}”设有密码。")
        words.setWordWrap(True)
        self.field = line("密码")
        self.show_ = QCheckBox("显示密码(&V)")
        self.show_.toggled.connect(
            lambda on: self.field.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        )
        self.said = QLabel(said)
        self.said.setWordWrap(True)
        palette = self.said.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme_of(self.palette()).error.ink)
        self.said.setPalette(palette)
        buttons = _buttons(action)
        self.go_on: QPushButton = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.go_on.setEnabled(False)
        self.field.textChanged.connect(lambda text: self.go_on.setEnabled(bool(text)))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(labelled("密码(&P)：", self.field), self.field)
        form.addRow("", self.show_)
        column = QVBoxLayout(self)
        for part in (words, self.said):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(buttons)
        self.said.setHidden(not said)
        self.setMinimumWidth(_WIDTH)

    @staticmethod
    def ask(path: Path, parent: QWidget, said: str = "", action: str = "打开") -> Secret | None:
        """Ask for a password; None when the user changes their mind. ``said`` tells why the last one was refused."""
        dialog = AskPassword(path, said, action, parent)
        chosen = Secret(dialog.field.text()) if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen


class Wish(Enum):
    """What becomes of the password of a report."""

    SET = "set"
    REMOVE = "remove"


class NewPassword(QDialog):
    """Gives a report a password, another one, or takes it away; the user must say that the warning was read."""

    def __init__(self, name: str, *, has_one: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("更改或取消密码" if has_one else "设置密码")
        self.wish: Wish | None = None
        words = QLabel(
            f"“{name}”已设有密码。可以换一个密码，也可以取消密码。"
            if has_one
            else f"给“{name}”设置密码：文件和它的备份都会整体加密，打开时要输入密码。"
        )
        words.setWordWrap(True)
        self.fields = PasswordFields()
        warning = QLabel(f"注意：{LOST}")
        warning.setWordWrap(True)
        palette = warning.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme_of(self.palette()).error.ink)
        warning.setPalette(palette)
        self.known = QCheckBox("我已知道：忘记密码，文件就打不开了(&K)")
        buttons = _buttons("更改密码" if has_one else "设置密码")
        self.go_on: QPushButton = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.remove: QPushButton | None = None
        if has_one:
            self.remove = buttons.addButton("取消密码", QDialogButtonBox.ButtonRole.DestructiveRole)
            self.remove.clicked.connect(lambda: self._end(Wish.REMOVE))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("不改动" if has_one else "取消")
        buttons.accepted.connect(lambda: self._end(Wish.SET))
        buttons.rejected.connect(self.reject)
        for field in (self.fields.first, self.fields.again):
            field.textChanged.connect(self._judge)
        self.known.toggled.connect(self._judge)
        column = QVBoxLayout(self)
        for part in (words, self.fields, warning, self.known, buttons):
            column.addWidget(part)
        self.setMinimumWidth(_WIDTH + 40)
        self._judge()

    def _judge(self) -> None:
        self.go_on.setEnabled(self.fields.secret() is not None and self.known.isChecked())

    def _end(self, wish: Wish) -> None:
        self.wish = wish
        self.accept()

    @staticmethod
    def ask(name: str, parent: QWidget, *, has_one: bool) -> tuple[Wish, Secret | None] | None:
        """Ask what becomes of the password; None when the user changes their mind."""
        dialog = NewPassword(name, has_one=has_one, parent=parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        wish, secret = dialog.wish, dialog.fields.secret()
        dialog.deleteLater()
        if not agreed or wish is None:
            return None
        return wish, secret if wish is Wish.SET else None


def line(name: str) -> QLineEdit:
    """Return a field for a password."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(name)
    return field


def labelled(text: str, field: QWidget) -> QLabel:
    """Return a label whose mnemonic leads to a field."""
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _buttons(action: str) -> QDialogButtonBox:
    kinds = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
    buttons.button(kinds.Ok).setText(action)
    buttons.button(kinds.Cancel).setText("取消")
    return buttons
