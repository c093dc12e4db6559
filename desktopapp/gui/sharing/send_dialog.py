"""A copy of the report for a colleague: one file without backups, with a name that says what it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QMimeData, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.report import Report
from desktopapp.gui.sharing.password_dialogs import LOST, PasswordFields, labelled
from desktopapp.gui.sharing.passwords import MISSING
from desktopapp.gui.window.dialogs import SUFFIX, safe_name
from desktopapp.store.cipher import is_available
from desktopapp.store.errors import StoreError
from desktopapp.store.filesystem import LONGEST_NAME
from desktopapp.store.report_file import ReportFile

_ABOUT = (
    "生成一份完整的副本（一个文件，含修改历史，不含备份），发给同事接着做。"
    "同事改好发回后，用“文件 → 合并同事的文件”把改动合并进来：只有两边都改过的地方才需要选择。"
)
_SENT = "请用微信、QQ、邮件或 U 盘发给同事。同事发回后，用“文件 → 合并同事的文件”合并。"
_APART = "密码请另外告诉同事，不要和文件放在一起发。"
_LONGEST_DEPARTMENT = 24


class SendDialog(QDialog):
    """Asks for name, folder and password of the copy, writes it, and helps to hand it over."""

    def __init__(self, file: ReportFile, folder: Path, user: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("发给同事")
        self._file = file
        self.made: Path | None = None
        self.name = QLineEdit(free_name(folder, proposed_name(file.report, user, today)))
        self.folder = QLineEdit(str(folder))
        self.browse = QPushButton("选择(&B)…")
        self.plain, self.same = QRadioButton("不设密码(&N)"), QRadioButton("沿用这份报表的密码(&K)")
        self.other = QRadioButton("给副本设一个密码(&W)" if file.secret is None else "给副本另设一个密码(&W)")
        self.password = PasswordFields(keys=("1", "2", "3"))
        self.trouble = QLabel()
        self.go_on, self.cancel = QPushButton("生成副本(&G)"), QPushButton("取消(&X)")
        self.done_words = QLabel()
        self.open_folder, self.copy_file = QPushButton("打开所在文件夹(&O)"), QPushButton("复制文件(&F)")
        self.copy_path, self.shut = QPushButton("复制路径(&P)"), QPushButton("关闭(&C)")
        self.pages = (self._first_page(), self._second_page())
        layout = QVBoxLayout(self)
        for page in self.pages:
            layout.addWidget(page)
        self.pages[1].hide()
        self.setMinimumWidth(620)
        self._connect()
        self._refresh()

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _first_page(self) -> QWidget:
        page = QWidget()
        about = _wrapped(QLabel(_ABOUT))
        for field, name in ((self.name, "文件名"), (self.folder, "文件夹")):
            field.setAccessibleName(name)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        form = QFormLayout()
        form.addRow(labelled("文件名(&M)：", self.name), self.name)
        form.addRow(labelled("文件夹(&D)：", self.folder), row)
        box = QGroupBox("密码")
        inside = QVBoxLayout(box)
        group = QButtonGroup(self)
        for button in (self.plain, self.same, self.other):
            group.addButton(button)
            inside.addWidget(button)
        self.same.setVisible(self._file.secret is not None)
        (self.plain if self._file.secret is None else self.same).setChecked(True)
        self.other.setEnabled(is_available())
        inside.addWidget(self.password)
        warning = _wrapped(QLabel(LOST if is_available() else MISSING))
        inside.addWidget(warning)
        self._warning = warning
        buttons = QHBoxLayout()
        buttons.addWidget(_wrapped(self.trouble), 1)
        buttons.addWidget(self.go_on)
        buttons.addWidget(self.cancel)
        self.browse.setAutoDefault(False)
        self.go_on.setDefault(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(box)
        column.addStretch(1)
        column.addLayout(buttons)
        return page

    def _second_page(self) -> QWidget:
        page = QWidget()
        self.copy_file.setToolTip("复制后可以直接粘贴到微信、QQ、邮件或别的文件夹")
        self.copy_path.setToolTip("把文件的完整路径复制成文字")
        self.open_folder.setToolTip("在文件管理器中打开副本所在的文件夹")
        row = QHBoxLayout()
        for button in (self.open_folder, self.copy_file, self.copy_path):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.shut)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(_wrapped(self.done_words))
        column.addStretch(1)
        column.addLayout(row)
        return page

    def _connect(self) -> None:
        self.browse.clicked.connect(self._choose_folder)
        for button in (self.plain, self.same, self.other):
            button.toggled.connect(lambda _on: self._refresh())
            button.toggled.connect(lambda _on: QTimer.singleShot(0, self, self.adjustSize))
        for field in (self.name, self.folder, self.password.first, self.password.again):
            field.textChanged.connect(lambda _text: self._refresh())
        self.go_on.clicked.connect(self._make)
        self.cancel.clicked.connect(self.reject)
        self.open_folder.clicked.connect(self._open_folder)
        self.copy_file.clicked.connect(self._copy_file)
        self.copy_path.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(self.made)))
        self.shut.clicked.connect(self.accept)

    # ── the copy ────────────────────────────────────────────────────────────────────────────────────────────────
    def target(self) -> Path:
        """Return where the copy goes."""
        name = self.name.text().strip().removesuffix(SUFFIX)
        return Path(self.folder.text().strip()) / f"{safe_name(name)}{SUFFIX}"

    def _refresh(self) -> None:
        other = self.other.isChecked()
        self.password.setVisible(other)
        self._warning.setVisible(other or not is_available())
        self.trouble.setText("")
        named = bool(self.name.text().strip()) and bool(self.folder.text().strip())
        self.go_on.setEnabled(named and (not other or self.password.secret() is not None))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择文件夹", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _make(self) -> None:
        target = self.target()
        if not target.parent.is_dir():
            self.trouble.setText(f"文件夹“{target.parent}”不存在，请换一个文件夹。")
            return
        secret = self.password.secret() if self.other.isChecked() else None
        try:
            whole = self._file.save_copy(target, overwrite=False, secret=secret, plain=self.plain.isChecked())
        except StoreError as error:
            self.trouble.setText(str(error))
            return
        self.made = target
        words = [f"已生成“{target.name}”（{_size(target)}），在文件夹“{target.parent}”中。"]
        words += [] if whole else ["注意：原文件已读不出，副本不含修改历史，以后只能逐处比较着合并。"]
        words += [_SENT, *([] if self.plain.isChecked() else [_APART])]
        self.done_words.setText("\n\n".join(words))
        self.pages[0].hide()
        self.pages[1].show()
        QTimer.singleShot(0, self, self.adjustSize)
        self.shut.setDefault(True)
        self.copy_file.setFocus()

    def _open_folder(self) -> None:
        if self.made is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.made.parent)))

    def _copy_file(self) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.made))])
        QGuiApplication.clipboard().setMimeData(data)


def proposed_name(report: Report, user: str, today: date) -> str:
    """Return the name of a copy: department, year, date and who sends it, as long as file systems admit."""
    department = report.department or "部门"
    if len(department) > _LONGEST_DEPARTMENT:
        # Rather without what stands in brackets than with half of it.
        department = (department.partition("（")[0] or department)[:_LONGEST_DEPARTMENT]
    sender = f" {user}" if user else ""
    name = safe_name(f"{department}{report.year}年度决算 {today:%Y%m%d}{sender}")
    while len(name.encode()) > LONGEST_NAME - len(SUFFIX) - 8:
        name = name[:-1]
    return name


def free_name(folder: Path, name: str) -> str:
    """Return a name that no file in the folder has yet, with the suffix."""
    for number in range(1, 100):
        found = f"{name}{'' if number == 1 else f'（{number}）'}{SUFFIX}"
        if not (folder / found).exists():
            return found
    return name + SUFFIX


def _size(path: Path) -> str:
    try:
        return f"{max(1, path.stat().st_size // 1024)} KB"
    except OSError:
        return "大小未知"


def _wrapped(label: QLabel) -> QLabel:
    label.setWordWrap(True)
    return label
