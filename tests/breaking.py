"""Ways to break files: what disks, mail programs and people do to them, and what a fuzzer tries."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

# fmt: off
STRANGE = [
    "\x00", "\ufeff", "１２３", "１,２３４.５", "∞", "-0", "1e999", "公开01表", "\t\t\t", "<table><tr><td>", "]]>",
    "&bomb;", "\u202e", "𠮷", "=CMD()", "合计", "单位：亿元", "第六部分 附件", "一级指标\t三级指标\t得分", "项目名称",
    "9" * 400,
]
# fmt: on


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
        data = data[:at] + chance.choice(STRANGE).encode() + data[at:]
    return data


def shuffle(data: bytes, chance: random.Random) -> bytes:
    """Return a text with its lines in another order, some of them doubled or lost."""
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 30)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one] if chance.random() < 0.7 else b""
    return b"\n".join(lines)


def numbers(data: bytes, chance: random.Random) -> bytes:
    """Return a file with some digits replaced by extreme numbers: counts, indexes, places."""
    out = bytearray()
    share = chance.choice((0.002, 0.03))
    for byte in data:
        if 0x30 <= byte <= 0x39 and chance.random() < share:
            out += chance.choice((b"-1", b"99999999999", b"65536", b"0", b"1048576", b""))
        else:
            out.append(byte)
    return bytes(out)


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
                part = chance.choice((cut, flip, drop, repeat, stuff, numbers))(part, chance)
            target.writestr(name, part)
    return broken.getvalue()


def mutations(*, zipped: bool = False, text: bool = False) -> list[Mutation]:
    """Return what may happen to a file; changes that leave something to read weigh more."""
    common: list[Mutation] = [cut, flip, drop, repeat, blank, stuff]
    if zipped:
        return [*common, *[inside] * 10]
    return [*common, shuffle, shuffle, stuff, numbers] if text else [*common, numbers]


def broken(data: bytes, chance: random.Random, *, zipped: bool = False, text: bool = False) -> bytes:
    """Return a sound file broken one to three times; the same for the same chance."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        if data and not (data[:2] != b"PK" and zipped):
            try:
                data = chance.choice(mutations(zipped=zipped, text=text))(data, chance)
            except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, LookupError, RuntimeError):
                data = flip(data, chance)
    return data
