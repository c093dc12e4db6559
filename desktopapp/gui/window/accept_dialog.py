"""Accepting a warning: why it may stay as it is, in words that are kept in the report."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.accepted import LONGEST_EXPLANATION, accept, explanations, may_be_accepted
from desktopapp.core.commands import CommandError
from desktopapp.core.findings import Finding
from desktopapp.gui.document import Document
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.dialogs import complain
from desktopapp.store.errors import StoreError

#: Where the links in the details of a finding lead.
ACCEPT_LINK = "#accept"
TAKE_BACK_LINK = "#reopen"


class AcceptDialog(QDialog):
    """One explanation; without any words a warning cannot be accepted."""

    def __init__(self, finding: Finding, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("接受警告并说明")
        said = QLabel(finding.message)
        said.setWordWrap(True)
        self.text = QPlainTextEdit(explanation)
        self.text.setAccessibleName("说明")
        self.text.setPlaceholderText("为什么可以不改：例如“上年机构改革，口径不同，已在说明中写明”。")
        self.text.setTabChangesFocus(True)
        note = QLabel("说明保存在报表里，随修改历史保留；这条警告以后单独列为“已说明”。")
        note.setWordWrap(True)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.buttons.button(kinds.Ok).setText("接受(&A)")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.text.textChanged.connect(self._enable)
        column = QVBoxLayout(self)
        for widget in (said, self.text, note, self.buttons):
            column.addWidget(widget)
        sized(self, 520, 280)
        self._enable()

    def explanation(self) -> str:
        """Return what was typed."""
        return self.text.toPlainText().strip()

    def _enable(self) -> None:
        fits = 0 < len(self.explanation()) <= LONGEST_EXPLANATION
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(fits)


def accept_links(finding: Finding, document: Document) -> list[str]:
    """Return the lines of HTML that stand below a warning: its explanation, and what can be done."""
    if not may_be_accepted(finding) or document.read_only:
        return ["说明：" + escape(finding.accepted)] if finding.accepted else []
    if finding.accepted:
        links = f'<a href="{ACCEPT_LINK}">修改说明…</a>　<a href="{TAKE_BACK_LINK}">撤回，重新列为警告</a>'
        return ["说明：" + escape(finding.accepted), links]
    return [f'<a href="{ACCEPT_LINK}">接受并说明…</a>']


def follow_link(link: str, finding: Finding, document: Document, parent: QWidget) -> bool:
    """Do what a link of ``accept_links`` says; False for any other link."""
    if link == TAKE_BACK_LINK:
        keep_explanation(document, finding, "", parent)
    elif link == ACCEPT_LINK:
        dialog = AcceptDialog(finding, explanations(document.report).get(finding.id, ""), parent)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            keep_explanation(document, finding, dialog.explanation(), parent)
        dialog.deleteLater()
    else:
        return False
    return True


def keep_explanation(document: Document, finding: Finding, explanation: str, parent: QWidget) -> None:
    """Keep an explanation in the report, or take it back when it is empty."""
    label = "接受警告并说明" if explanation else "撤回对警告的说明"
    try:
        document.apply(accept(document.report, finding.id, explanation), label)
    except (CommandError, StoreError) as error:
        complain(parent, label, str(error))
