"""Sound inputs to start from: what the program writes itself, what others write, and published texts where present."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from desktopapp import jobs
from desktopapp.core.report import Report
from tests.generators import TEMPLATES, exact_report, published_report, the_template
from tests.readers.flat_noise import Noise, as_text
from tests.readers.sources.makers import MAKERS

Corpus = dict[str, list[bytes]]
#: Kinds that LibreOffice makes of the program's own files.
_CONVERTED = {"xls": ("xlsx", "xls:MS Excel 97"), "ods": ("xlsx", "ods")}


def reports() -> list[Report]:
    """Return a few small reports of all templates, exact and published ones."""
    made = [published_report(seed, the_template(name), rows=6) for seed, name in enumerate(TEMPLATES)]
    made.append(exact_report(9, the_template("hubei-2024"), rows=8))
    for report in made:
        report.department = "江城市数据管理局"
    return made


def build(*, small: bool = False) -> Corpus:
    """Return sound files by kind (file suffix); ``small`` for those that are made at once."""
    found: Corpus = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, report in enumerate(reports()):
            _own_files(report, folder, number, documents=number < 2 and not small)
        for kind, (source, target) in _CONVERTED.items() if not small else ():
            _convert(sorted(folder.glob(f"*.{source}")), target, folder, kind)
        for path in sorted(folder.iterdir()):
            found.setdefault(path.suffix[1:], []).append(path.read_bytes())
    for name, maker in MAKERS.items():
        found.setdefault(name.rpartition(".")[2], []).append(maker())
    if not small:
        found["txt"] += _published_texts()
    return found


def _own_files(report: Report, folder: Path, number: int, *, documents: bool) -> None:
    path = folder / f"r{number}"
    text = as_text(report, number, Noise(blanks=0.1, wrapped=0.1, pages=0.1))
    path.with_suffix(".txt").write_text(text, encoding="utf-8")
    path.with_suffix(".tsv").write_text(re.sub(r"(?<=\S) +(?=\S)", "\t", text), encoding="utf-8")
    jobs.export_xlsx(report, path.with_suffix(".xlsx"))
    jobs.export_json(report, path.with_suffix(".json"))
    jobs.save_new(report, path.with_suffix(".juesuan"))
    if documents:  # these are large: two of each are enough
        jobs.export_documents(report, {kind: path.with_suffix(f".{kind}") for kind in ("docx", "pdf", "html")})


def _convert(sources: list[Path], target: str, folder: Path, kind: str) -> None:
    if shutil.which("soffice") is None:
        return
    command = ["soffice", "--headless", "--convert-to", target, "--outdir", str(folder / kind), *map(str, sources)]
    subprocess.run(command, check=False, capture_output=True, timeout=300)
    for path in (folder / kind).glob("*"):
        shutil.move(path, folder / f"lo-{path.name}")
    shutil.rmtree(folder / kind, ignore_errors=True)


def _published_texts() -> list[bytes]:
    folder = Path(os.environ.get("JUESUAN_SHARED", "../shared")) / "seeds"
    return [path.read_bytes() for path in sorted(folder.glob("*.txt"))]
