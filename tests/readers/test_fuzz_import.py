"""Broken files of every kind end in a report or in one sentence, never in anything else.

JUESUAN_FUZZ sets how many files are tried (2,000 and more for a thorough run); each has its own seed.
"""

from __future__ import annotations

import os
import random
import re
import zipfile
from pathlib import Path

import pytest

from desktopapp import jobs
from tests.breaking import broken
from tests.generators import published_report, the_template
from tests.readers.flat_noise import as_text

COUNT = int(os.environ.get("JUESUAN_FUZZ", "160"))
KINDS = ("txt", "tsv", "xlsx", "docx", "pdf", "html", "json", "juesuan")
ZIPPED = ("xlsx", "docx")
TEXTS = ("txt", "tsv", "html", "json")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return one sound file of each kind."""
    folder = tmp_path_factory.mktemp("sound")
    report = published_report(5, the_template("hubei-2024"), rows=6, own_money=False)
    report.department = "江城市数据管理局"
    made = {kind: folder / f"a.{kind}" for kind in KINDS}
    made["txt"].write_text(as_text(report, 1), encoding="utf-8")
    made["tsv"].write_text(_tabbed(as_text(report, 2)), encoding="utf-8")
    jobs.export_xlsx(report, made["xlsx"])
    jobs.export_documents(report, {kind: made[kind] for kind in ("docx", "pdf", "html")})
    jobs.export_json(report, made["json"])
    jobs.save_new(report, made["juesuan"])
    return {kind: path.read_bytes() for kind, path in made.items()}


def _tabbed(text: str) -> str:
    return re.sub(r"(?<=\S) +(?=\S)", "\t", text)


def broken_file(sound: dict[str, bytes], number: int, folder: Path) -> Path:
    """Return the broken file of a number; some are mislabelled too."""
    chance = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    data = broken(sound[kind], chance, zipped=kind in ZIPPED, text=kind in TEXTS)
    suffix = chance.choice(KINDS) if chance.random() < 0.1 else kind
    path = folder / f"坏文件{number}.{suffix}"
    path.write_bytes(data)
    return path


# ── the test ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("first", range(0, COUNT, 16))
def test_a_broken_file_ends_in_a_report_or_a_sentence(sound: dict[str, bytes], tmp_path: Path, first: int) -> None:
    read = refused = 0
    for number in range(first, min(first + 16, COUNT)):
        path = broken_file(sound, number, tmp_path)
        before = sorted(tmp_path.iterdir())
        try:
            imported = jobs.import_any(path)
        except jobs.UserError as error:
            refused += 1
            assert re.fullmatch(r"[^\n]{4,400}。", str(error)), f"{path.name}: {error}"
        else:
            read += 1
            assert all(isinstance(a, int) for a in imported.report.amounts.values())
            assert imported.report.template.id in jobs.template_ids()
        assert sorted(tmp_path.iterdir()) == before, f"{path.name}: something was left behind"
        path.unlink()
    assert read + refused == min(16, COUNT - first)


def test_an_xml_bomb_is_refused(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><w:document>&a11;</w:document>'
    path = tmp_path / "炸弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("word/document.xml", bomb)
        target.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(jobs.UserError, match=r"。$"):
        jobs.import_any(path)
