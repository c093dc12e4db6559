"""What the user sees of an error that nobody foresaw: what happened, that the work is safe, and the log to hand on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.logs import offered_log
from desktopapp.gui.sizes import sized

_HAPPENED = "刚才的操作没有完成：程序遇到了没有料到的错误。"
_SAFE = (
    "此前录入的内容都已保存在报表文件中，可以继续使用。如果同样的错误再次出现，请关闭程序后重新打开，"
    "并把日志交给维护人员。日志只记录程序哪里出了错，不含金额、单位名称和文件内容。"
)
_FILE = "决算公开编制日志.txt"


class ErrorDialog(QDialog):
    """Says it in a sentence; the log can be looked at, copied and saved before it is given away."""

    def __init__(self, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("程序出错")
        self._text = offered_log(log)
        self.happened, self.safe = QLabel(_HAPPENED), QLabel(_SAFE)
        font = self.happened.font()
        font.setBold(True)
        self.happened.setFont(font)
        for label in (self.happened, self.safe):
            label.setWordWrap(True)
        sign = QLabel()
        picture = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        sign.setPixmap(picture.pixmap(32, 32))
        self.log = QPlainTextEdit(self._text)
        self.log.setReadOnly(True)
        self.log.setAccessibleName("日志")
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setTabChangesFocus(True)
        self.log.hide()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.hide()
        self.show_log = QPushButton("查看日志(&L)")
        self.show_log.setCheckable(True)
        self.copy, self.save = QPushButton("复制日志(&C)"), QPushButton("日志另存为(&S)…")
        self.go_on = QPushButton("继续使用(&G)")
        self.go_on.setDefault(True)
        self.show_log.toggled.connect(self._show_log)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.go_on.clicked.connect(self.accept)
        self._arrange(sign)

    def _arrange(self, sign: QLabel) -> None:
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.happened)
        words.addWidget(self.safe)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        for button in (self.show_log, self.copy, self.save):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.go_on)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.log, 1)
        column.addWidget(self.said)
        column.addLayout(buttons)
        sized(self, 560, 200)
        self.go_on.setFocus()

    def _show_log(self, on: bool) -> None:
        self.log.setVisible(on)
        if on:
            self.resize(max(self.width(), 640), max(self.height(), 420))
            bar = self.log.verticalScrollBar()
            bar.setValue(bar.maximum())
        else:
            QTimer.singleShot(0, self, self.adjustSize)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._say("日志已复制，可以粘贴到邮件或消息里。")

    def _save(self) -> None:
        from desktopapp.gui.window.dialogs import documents_folder
        from desktopapp.jobs import UserError, write_text

        chosen, _ = QFileDialog.getSaveFileName(self, "日志另存为", str(documents_folder() / _FILE), "文本文件 (*.txt)")
        if not chosen:
            return
        try:
            write_text(Path(chosen), self._text)
        except UserError as error:
            self._say(str(error))
        else:
            self._say(f"日志已保存到“{chosen}”。")

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()


def show_error(parent: QWidget | None, log: Path) -> None:
    """Say that something went wrong, that the work is safe, and offer the log."""
    dialog = ErrorDialog(log, parent)
    dialog.exec()
    dialog.deleteLater()
