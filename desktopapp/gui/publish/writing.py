"""Writes a report in several formats, one after the other; each one's failure is a sentence and stops no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.workers import Cancelled, Control


@dataclass(frozen=True, slots=True)
class Format:
    """A format: key, what it is called, suffix, what it is for."""

    key: str
    name: str
    suffix: str
    use: str


FORMATS = (
    Format("docx", "Word 文档", ".docx", "整份公开文本，可以继续修改"),
    Format("pdf", "PDF 文件", ".pdf", "整份公开文本，用于公开和打印"),
    Format("html", "网页", ".html", "整份公开文本，用于网站"),
    Format("xlsx", "Excel 工作簿", ".xlsx", "全部公开表和图"),
    Format("csv", "CSV", ".csv", "全部金额，一格一行"),
    Format("json", "JSON", ".json", "全部金额，供其他程序读取"),
)
_WORDS = {f.key: f for f in FORMATS}


@dataclass(frozen=True, slots=True)
class Written:
    """How one file fared: ``problem`` is empty when it was written."""

    key: str
    path: Path
    problem: str = ""


def write_all(
    report: Report,
    targets: Mapping[str, Path],
    formulas: bool,
    control: Control,
    fonts: Mapping[str, str] | None = None,
) -> list[Written]:
    """Return how each file fared; raises UserError when the report itself cannot be put together, Cancelled."""
    from desktopapp.writers.publication import Publication

    control.progress(0.02, "正在整理文字和数据")
    published = jobs.to_publish(report)
    document = jobs.document_of(published) if {"docx", "pdf", "html", "xlsx"} & targets.keys() else None
    publication = Publication(document, published, fonts) if document is not None else None
    made = []
    for at, (key, path) in enumerate(targets.items()):
        control.progress((at + 0.2) / (len(targets) + 0.2), f"正在写 {_WORDS[key].name}")
        try:
            if key == "json":
                jobs.export_json(report, path)
            elif key == "csv":
                jobs.export_csv(published, path)
            elif key == "xlsx":
                figures = document.figures() if document is not None else ()
                tables = document.tables() if document is not None else ()
                source = report if formulas else published
                jobs.export_xlsx(source, path, formulas=formulas, figures=figures, tables=tables)
            elif publication is not None:
                # One for all: the pages are typeset once.
                publication.write(key, path, cancelled=control.cancelled)
            made.append(Written(key, path))
        except Cancelled:
            raise
        except Exception as error:
            control.check()
            made.append(Written(key, path, sentence_of(error)))
    return made
