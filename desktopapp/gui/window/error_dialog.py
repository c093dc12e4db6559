"""What the user sees of an error that nobody foresaw."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget


def show_error(parent: QWidget | None, kind: str, log: Path) -> None:
    """Say that something went wrong, that the report is safe, and offer the log."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("程序出错")
    box.setText("刚才的操作没有完成：程序遇到了没有料到的错误。")
    box.setInformativeText(
        "报表没有受损，此前显示为已保存的修改都在文件中。可以继续使用；如果再次出现，请关闭后重新打开，"
        f"并把日志发给维护人员。日志不含金额。\n错误类型：{kind}"
    )
    folder = box.addButton("打开日志文件夹", QMessageBox.ButtonRole.ActionRole)
    go_on = box.addButton("继续使用", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(go_on)
    box.setEscapeButton(go_on)
    box.exec()
    if box.clickedButton() is folder:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.parent)))
    box.deleteLater()
