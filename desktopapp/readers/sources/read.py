"""The one door to all sources: choose the reader by content, turn every failure into one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .detect import Kind, detect_kind
from .errors import OwnFormatError, SourceError
from .limits import MAX_FILE_BYTES
from .model import Block, Document
from .watch import Cancelled, Progress, Watch

Content = tuple[list[Block], list[str], int]
"""Blocks in reading order, warnings, number of pages or sheets."""

_BROKEN = "文件可能已损坏或格式特殊，请用原来的软件打开后另存一份再导入。"
CLIPBOARD_NAME = "剪贴板"


def read_document(path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Document:
    """Read a source file into grids and paragraphs; the content decides what it is, not the suffix.

    `progress` is called with a fraction and a Chinese phrase, `cancelled` is asked often and stops the reading.
    Raises SourceError (one Chinese sentence), its subclass OwnFormatError for *.juesuan and JSON files, and
    ReadingCancelled.
    """
    watch = Watch(progress, cancelled)
    watch.check()

    def read() -> Document:
        _check_file(path)
        kind = detect_kind(path)
        if kind in (Kind.JUESUAN, Kind.JSON):
            raise OwnFormatError(kind.value, "这是本程序自己的文件，请直接打开，不必导入。")
        blocks, warnings, pages = _read_kind(path, kind, watch)
        _check_content(blocks)
        return Document(path.name, kind.value, tuple(blocks), tuple(warnings), pages)

    document = _guarded(read, path.name)
    watch.step(1.0, "读取完成")
    return document


def read_text(text: str, kind: str = "text") -> Document:
    """Read text from the clipboard; `kind` is "text", "html" or "tsv". Raises SourceError."""

    def read() -> Document:
        blocks, warnings, pages = _read_clipboard(text, kind)
        _check_content(blocks)
        return Document(CLIPBOARD_NAME, kind, tuple(blocks), tuple(warnings), pages)

    return _guarded(read, CLIPBOARD_NAME)


def _guarded(read: Callable[[], Document], name: str) -> Document:
    """Run a reader so that nothing but SourceError with one sentence comes out of it."""
    try:
        return read()
    except OwnFormatError as error:
        raise OwnFormatError(error.kind, f"“{name}”：{error}") from error
    except SourceError as error:
        raise type(error)(f"无法读取“{name}”：{error}") from error
    except FileNotFoundError as error:
        raise SourceError(f"无法读取“{name}”：找不到该文件，请确认它没有被移动或改名。") from error
    except PermissionError as error:
        raise SourceError(f"无法读取“{name}”：没有权限或正被其他程序占用，请关闭后重试。") from error
    except OSError as error:
        raise SourceError(f"无法读取“{name}”：磁盘或网络出错，请检查后重试。") from error
    except MemoryError as error:
        raise SourceError(f"无法读取“{name}”：内容过大，内存不足，请拆分后再导入。") from error
    except Exception as error:
        # Six outside libraries parse files made by anybody; none of them documents every exception a damaged file can
        # cause. The user must get a sentence instead of a crash, and the cause stays attached for the log.
        raise SourceError(f"无法读取“{name}”：{_BROKEN}") from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise SourceError("这是文件夹，请选择其中的文件。")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(f"文件超过 {MAX_FILE_BYTES // 1024 // 1024} MB，请拆分或删去图片后再导入。")


def _check_content(blocks: list[Block]) -> None:
    if not blocks:
        raise SourceError("没有找到任何文字或表格，请确认选对了文件。")


def _read_kind(path: Path, kind: Kind, watch: Watch) -> Content:
    """Import the reader of this kind only now: start-up must not pay for the libraries."""
    if kind in (Kind.XLSX, Kind.XLS, Kind.ODS):
        from .workbook import read_workbook

        return read_workbook(path, kind, watch)
    if kind is Kind.XML_SHEET:
        from .xmlsheet import read_xml_sheet

        return read_xml_sheet(path, watch)
    if kind in (Kind.CSV, Kind.TSV):
        from .delimited import read_delimited

        return read_delimited(path, kind is Kind.TSV, watch)
    if kind is Kind.DOCX:
        from .word import read_word

        return read_word(path, watch)
    if kind is Kind.PDF:
        from .pdf import read_pdf

        return read_pdf(path, watch)
    if kind in (Kind.HTML, Kind.MHTML):
        from .webpage import read_webpage

        return read_webpage(path, kind is Kind.MHTML, watch)
    from .plaintext import read_plain_text

    return read_plain_text(path, kind is Kind.MARKDOWN, watch)


def _read_clipboard(text: str, kind: str) -> Content:
    from .limits import MAX_TEXT_BYTES

    if len(text) > MAX_TEXT_BYTES:
        raise SourceError("内容过长，请分几次复制。")
    if kind == "html":
        from .webpage import parse_webpage

        return parse_webpage(text, Watch())
    if kind == "tsv":
        from .delimited import parse_delimited

        return parse_delimited(text, "\t", Watch())
    if kind == "text":
        from .plaintext import parse_plain_text

        return parse_plain_text(text, Watch())
    raise SourceError(f"不支持“{kind}”这种剪贴板格式，请复制为文字或表格。")
