"""The application: style, fonts, Chinese buttons, logging, what happens to unexpected errors, windows."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    Qt,
    QThreadPool,
    QTimer,
    QTranslator,
    QUrl,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktopapp.gui.collector import Collector
from desktopapp.gui.logs import log_path, qt_message, start_logging
from desktopapp.gui.palette import DARK, LIGHT, apply_theme, ui_font
from desktopapp.gui.window.icons import app_icon
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.settings import Settings, Theme, settings_path

#: How long the end of the program waits for jobs that are about to stop.
_LAST_JOBS_MS = 5_000
#: The same error at the same place is told again only after this many seconds; all are logged.
_SAME_ERROR_S = 60.0
_log = logging.getLogger(__name__)


def run(path: Path | None, *, sample: bool = False) -> int:
    """Open the window on a file, the sample or the last report, and return when the last window is closed."""
    choose_input_methods(os.environ)
    application = make_application(sys.argv)
    start_logging(log_path())
    qInstallMessageHandler(qt_message)
    # Ctrl+C in the terminal ends the program; whatever was typed is saved.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    windows = Windows(application, Settings(settings_path()))
    catcher = ErrorCatcher(windows)
    catcher.install()
    first = windows.open_first(path, sample=sample)
    ReadyNote(first)
    windows.collector.start()
    ended = application.exec()
    # Nothing of ours may still run while the interpreter goes away.
    QThreadPool.globalInstance().waitForDone(_LAST_JOBS_MS)
    return ended


def path_of(word: str) -> Path:
    """Return the path that a word means; some file managers hand over an address such as file:///home/%E7%94%B2."""
    return Path(QUrl(word).toLocalFile() if word.startswith("file:") else word)


def choose_input_methods(environment: MutableMapping[str, str]) -> None:
    """Let Chinese be typed where the desktop has chosen Fcitx, whose own part for Qt our Qt does not bring along.

    Fcitx 5 also answers to what IBus is asked, on the address meant for sandboxes (Qt asks on the other one only where
    IBus itself is installed); without this Qt would settle for no input method. Source: QT_IM_MODULES of Qt 6.7 and
    later, a list in order of preference; QIBusPlatformInputContextPrivate.
    """
    chosen = environment.get("QT_IM_MODULE", "")
    if not chosen and "WAYLAND_DISPLAY" not in environment:
        chosen = environment.get("XMODIFIERS", "").removeprefix("@im=")
    if chosen.startswith("fcitx"):
        environment.setdefault("QT_IM_MODULES", "fcitx;ibus")
        environment.setdefault("IBUS_USE_PORTAL", "1")


def make_application(argv: list[str]) -> QApplication:
    """Return the application with names, locale, and the standard buttons in Chinese."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(argv)
    application.setApplicationName("juesuan")
    application.setApplicationDisplayName("")
    application.setDesktopFileName("juesuan")
    application.setWindowIcon(app_icon())
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_zh_CN", folder):
        application.installTranslator(translator)
    application.installTranslator(Gaps(application))
    return application


#: What Qt's own translation has left in English, by context and text.
_GAPS = {
    ("QFileDialog", "&Look in:"): "查找范围(&L)：",
    ("QFileDialog", "Files of &type:"): "文件类型(&T)：",
    ("QAbstractFileIconProvider", "File"): "文件",
    ("QAbstractFileIconProvider", "Folder"): "文件夹",
    ("QAbstractFileIconProvider", "Drive"): "磁盘",
    ("QAbstractFileIconProvider", "Unknown"): "未知",
}


class Gaps(QTranslator):
    """Fills the gaps of Qt's translation; asked before it, and silent on everything else."""

    def isEmpty(self) -> bool:
        """Return False, or Qt would not ask."""
        return False

    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:
        """Return the text for a gap, None for what other translations know."""
        return _GAPS.get((context, sourceText))  # type: ignore[return-value]


class ReadyNote(QObject):
    """Writes into the log when a window has been painted and waits for its user: the end of the start."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window.windowHandle()
        self._window.installEventFilter(self)
        if self._window.isExposed():
            self.eventFilter(self._window, QEvent(QEvent.Type.Expose))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first time the window comes to light; it is painted before the next turn of the event loop."""
        if event.type() == QEvent.Type.Expose and self._window.isExposed():
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, lambda: QTimer.singleShot(0, self, self._tell))
        return False

    def _tell(self) -> None:
        _log.info("window ready")
        self.deleteLater()


class Windows(QObject):
    """The open windows and what they share: settings and look."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application = application
        self.settings = settings
        self.open: list[MainWindow] = []
        self.collector = Collector(self)
        self._theme: Theme | None = None
        self.apply_look()
        application.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        application.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Give every dialog its F1; what shows the manual is loaded with the first one."""
        if now is not None and isinstance(now.window(), QDialog):
            from desktopapp.gui.help.key import give_key

            give_key(now.window())

    def add(self) -> MainWindow:
        """Return a new window, not shown yet."""
        window = MainWindow(self.settings)
        if self.open:
            window.move(self.open[-1].pos().x() + 32, self.open[-1].pos().y() + 32)
        window.closed.connect(lambda: self._closed(window))
        window.new_window_wanted.connect(lambda: self.add().show())
        window.look_changed.connect(self.apply_look)
        window.report_changed.connect(lambda gone: self.collector.report_changed(gone=gone))
        self.open.append(window)
        return window

    def _closed(self, window: MainWindow) -> None:
        if window in self.open:
            self.open.remove(window)

    def open_first(self, path: Path | None, *, sample: bool) -> MainWindow:
        """Show the first window with what the user asked for, or the report of last time."""
        window = self.add()
        last = self.settings.last_file if self.settings.reopen_last else None
        if path is not None:
            if path.suffix.lower() in ("", ".juesuan"):
                window.files.open_path(path, quietly=True)
            else:
                QTimer.singleShot(0, window, lambda: window.files.open_path(path))
        elif sample:
            window.files.sample()
        elif last is not None and last.exists():
            window.files.open_path(last, quietly=True)
        window.show()
        return window

    # ── look ────────────────────────────────────────────────────────────────────────────────────────────────────
    def apply_look(self) -> None:
        """Apply theme and size of the writing."""
        hints = self._application.styleHints()
        self._theme = self.settings.theme
        if hints.colorScheme() != self._theme.scheme:
            hints.setColorScheme(self._theme.scheme)
        self._paint_theme()

    def _scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._paint_theme()

    def _paint_theme(self) -> None:
        dark = self.settings.theme is Theme.DARK or (
            self.settings.theme is Theme.SYSTEM and self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        apply_theme(self._application, DARK if dark else LIGHT)
        # Fusion would put coloured pictures on every standard button.
        plain = "QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }"
        self._application.setStyleSheet(self._application.styleSheet() + plain)
        if self.settings.font_points:
            self._application.setFont(ui_font(self.settings.font_points))


class ErrorCatcher(QObject):
    """Logs what nobody caught and says so once; the report is safe, because every edit was saved when it was made."""

    _caught = Signal()

    def __init__(self, windows: Windows) -> None:
        super().__init__(windows)
        self._windows = windows
        self._showing = False
        self._told: dict[str, float] = {}
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over from Python's own printing: on this thread, on others, in destructors."""
        sys.excepthook = self.handle
        threading.excepthook = self._handle_thread
        sys.unraisablehook = self._handle_unraisable

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and have it told on the GUI thread; one that comes again and again is told once in a while."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.critical("unexpected error", exc_info=(kind, error, trace))
        if self._is_new(f"{kind.__name__}{_place(trace)}"):
            self._caught.emit()

    def _is_new(self, place: str) -> bool:
        now = time.monotonic()
        before = self._told.get(place)
        if before is not None and now - before < _SAME_ERROR_S:
            return False
        self._told[place] = now
        return True

    def _handle_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.handle(args.exc_type, args.exc_value, args.exc_traceback)

    def _handle_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        """Log only: what goes wrong while something is thrown away has no effect on the work."""
        if args.exc_value is not None:
            _log.error("error while cleaning up", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    def _tell(self) -> None:
        if self._showing:
            return
        self._showing = True
        try:
            from desktopapp.gui.window.error_dialog import show_error

            parent = QApplication.activeModalWidget() or next(
                (w for w in self._windows.open if w.isActiveWindow()), None
            )
            show_error(parent or (self._windows.open[0] if self._windows.open else None), log_path())
        finally:
            self._showing = False


def _place(trace: TracebackType | None) -> str:
    """Return the innermost place of a traceback."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
