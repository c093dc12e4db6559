"""Broken files of every kind end in a report or in one sentence, never in anything else.

JUESUAN_FUZZ sets how many files are tried (2,000 and more for a thorough run); each has its own seed.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopapp import jobs
from tests.generators import published_report, the_template
from tests.readers.flat_noise import as_text

COUNT = int(os.environ.get("JUESUAN_FUZZ", "160"))
KINDS = ("txt", "tsv", "xlsx", "docx", "pdf", "html", "json", "juesuan")
ZIPPED = ("xlsx", "docx")
TEXTS = ("txt", "tsv", "html", "json")
# fmt: off
_STRANGE = [
    "\x00", "\ufeff", "１２３", "１,２３４.５", "∞", "-0", "1e999", "公开01表", "\t\t\t", "<table><tr><td>", "]]>",
    "&bomb;", "\u202e", "𠮷", "=CMD()", "合计", "单位：亿元", "第六部分 附件", "一级指标\t三级指标\t得分", "项目名称",
    "9" * 400,
]
# fmt: on


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


# ── mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────
def cut(data: bytes, chance: random.Random) -> bytes:
    """Return the beginning of a file."""
    return data[: chance.randrange(len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    """Return a file with some bytes changed."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20, 200))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def drop(data: bytes, chance: random.Random) -> bytes:
    """Return a file without a piece of it."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 4000) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Return a file in which a piece stands several times."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 2000)]
    return data[:start] + piece * chance.randrange(2, 6) + data[start:]


def blank(data: bytes, chance: random.Random) -> bytes:
    """Return a file in which a piece was overwritten with zeros, as after a crash."""
    start = chance.randrange(len(data))
    length = min(len(data) - start, chance.randrange(1, 8000))
    return data[:start] + bytes(length) + data[start + length :]


def stuff(data: bytes, chance: random.Random) -> bytes:
    """Return a file with strange texts put in."""
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(_STRANGE).encode() + data[at:]
    return data


def shuffle(data: bytes, chance: random.Random) -> bytes:
    """Return a text with its lines in another order, some of them doubled or lost."""
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 30)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one] if chance.random() < 0.7 else b""
    return b"\n".join(lines)


def inside(data: bytes, chance: random.Random) -> bytes:
    """Return a zipped file with one of its parts broken or missing."""
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        hit, lost = chance.choice(names), chance.random() < 0.2
        for name in names:
            part = source.read(name)
            if name == hit and part:
                if lost:
                    continue
                part = chance.choice((cut, flip, drop, repeat, stuff))(part, chance)
            target.writestr(name, part)
    return broken.getvalue()


Mutation = Callable[[bytes, random.Random], bytes]


def mutations(kind: str) -> list[Mutation]:
    """Return what may happen to a file of a kind; changes that leave something to read weigh more."""
    common: list[Mutation] = [cut, flip, drop, repeat, blank, stuff]
    if kind in ZIPPED:
        return [*common, *[inside] * 10]
    return [*common, shuffle, shuffle, stuff] if kind in TEXTS else common


def broken_file(sound: dict[str, bytes], number: int, folder: Path) -> Path:
    """Return the broken file of a number; some are mislabelled too."""
    chance = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    data = sound[kind]
    for _ in range(chance.choice((1, 1, 2, 3))):
        if data and not (data[:2] != b"PK" and kind in ZIPPED):
            try:
                data = chance.choice(mutations(kind))(data, chance)
            except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
                data = flip(data, chance)
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
