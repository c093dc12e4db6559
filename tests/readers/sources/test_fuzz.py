"""Damaged files of every kind end in a document or in one sentence; JUESUAN_FUZZ sets how many are tried."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

from desktopapp.readers.sources import Document, SourceError, read_document

from .makers import MAKERS, mutate
from .test_old_excel import dimensions, label, number, workbook

TRIES = int(os.environ.get("JUESUAN_FUZZ", "360"))
HANG = 60


def test_broken_files_end_in_a_document_or_in_one_sentence(tmp_path: Path) -> None:
    from desktopapp.readers.sources.xls_stream import pack_stream

    cells = [dimensions(40, 3)]
    for row in range(40):
        cells += [label(row, 0, "一般公共服务支出"), number(row, 1, 201), number(row, 2, 12938.5)]
    whole = {name: maker() for name, maker in MAKERS.items()} | {"z.xls": pack_stream(workbook(*cells)).getvalue()}
    outcomes: Counter[str] = Counter()
    for seed in range(TRIES):
        rng = random.Random(seed)
        name = sorted(whole)[seed % len(whole)]
        path = tmp_path / name
        path.write_bytes(mutate(whole[name], rng))
        begun = time.monotonic()
        try:
            document = read_document(path)
        except SourceError as error:
            text = str(error)
            assert text.endswith("。") and "\n" not in text, (seed, name, text)
            assert "格式特殊" not in text, (seed, name, repr(error.__cause__))
            outcomes["refused"] += 1
        else:
            assert isinstance(document, Document) and document.blocks, (seed, name)
            outcomes["read"] += 1
        assert time.monotonic() - begun < HANG, (seed, name)
    # Both outcomes must occur, or the mutations are too mild or too harsh to show anything.
    assert min(outcomes["read"], outcomes["refused"]) > TRIES // 10
