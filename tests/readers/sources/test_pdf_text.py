"""Running text of PDF files, tables without rules, scans, locked and damaged files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktopapp.readers.sources import Document, ReadingCancelled, SourceError, read_document

from .pdf_builder import PdfPage, build_pdf, text_width

SENTENCE = (
    "2023年度支出合计12,938.50万元，其中：基本支出2,015.61万元，占15.58%；项目支出10,922.89万元，占84.42%。与上年相比，"
    "支出减少767.52万元，主要原因是项目建设进行了调整，“一网通办”相应支出发生变化。"
)
AMOUNTS = (
    ("201", "一般公共服务支出", "8,449.21", "1,383.50", "7,065.71"),
    ("20103", "政府办公厅（室）及相关机构事务", "8,449.21", "1,383.50", "7,065.71"),
    ("2010301", "行政运行", "1,383.50", "1,383.50", ""),
    ("2010302", "一般行政管理事务", "7,065.71", "", "7,065.71"),
)


def read(tmp_path: Path, pages: Sequence[PdfPage]) -> Document:
    path = tmp_path / "a.pdf"
    path.write_bytes(build_pdf(list(pages)))
    return read_document(path)


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


def write_paragraph(page: PdfPage, top: float, text: str, *, indent: float = 2, size: float = 12) -> float:
    """Write justified-left text between 90 and 505 points; a number is never broken. Return the next height."""
    x, line = 90 + indent * size, ""
    unit = ""
    for char, following in zip(text, [*text[1:], ""], strict=True):
        unit += char
        if char in "0123456789.," and following and following in "0123456789.,%万，":
            continue
        if following and following in "，。；：、”":
            continue
        if x + text_width(line + unit, size) > 505:
            page.text(x, top, line, size)
            x, line, top = 90, "", top + 2 * size
        line += unit
        unit = ""
    page.text(x, top, line, size)
    return top + 2 * size


def test_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(200, 80, "第三部分 决算情况说明", 16)
    top = write_paragraph(page, 120, "一、支出决算情况说明")
    top = write_paragraph(page, top, SENTENCE)
    top = write_paragraph(page, top, SENTENCE)
    write_paragraph(page, top, "（一）结束。")
    page.shuffle(1)
    document = read(tmp_path, [page])
    assert texts(document) == ["第三部分 决算情况说明", "一、支出决算情况说明", SENTENCE, SENTENCE, "（一）结束。"]
    box = document.paragraphs()[2].position.bbox
    assert box is not None and box[0] == 90.0 and 130 < box[1] < box[3] < 260


def test_lines_of_a_table_of_contents_stay_apart(tmp_path: Path) -> None:
    page = PdfPage()
    entries = [
        "一、主要职责" + "." * 57 + "3",
        "第二部分 决算表" + "." * 53 + "4",
        "一、收入支出决算总表" + "." * 48 + "4",
    ]
    for at, entry in enumerate(entries):
        page.text(90, 100 + 24 * at, entry, 12)
    write_paragraph(page, 300, SENTENCE)
    assert texts(read(tmp_path, [page])) == [*entries, SENTENCE]


def test_page_numbers_and_running_heads_are_left_out(tmp_path: Path) -> None:
    pages = [PdfPage(), PdfPage(), PdfPage(), PdfPage()]
    for number, page in enumerate(pages, 1):
        page.text(280, 800, f"- {number} -", 10)
        page.text(250, 50, "某某局2023年度部门决算公开", 9)
        write_paragraph(page, 700, SENTENCE)
    document = read(tmp_path, pages)
    assert texts(document) == [SENTENCE] * 4
    assert [paragraph.page for paragraph in document.paragraphs()] == [1, 2, 3, 4]


def test_a_paragraph_cut_by_the_page_break_is_joined(tmp_path: Path) -> None:
    first, second = PdfPage(), PdfPage()
    text = "一般公共服务支出主要用于保障机构正常运转完成日常工作任务" * 6
    write_paragraph(second, 300, SENTENCE)
    lines = [text[at : at + 34] for at in range(0, 34 * 4, 34)]
    for at, line in enumerate(lines[:2]):
        first.text(97, 740 + 24 * at, line, 12)
    for at, line in enumerate(lines[2:]):
        second.text(97, 80 + 24 * at, line, 12)
    found = read(tmp_path, [first, second]).paragraphs()
    assert found[0].text == "".join(lines)
    assert found[0].page == 1


def test_pieces_far_apart_are_separated_by_a_tab(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 100, "部门：某局")
    page.text(280, 100, "2023年度")
    page.text(480, 100, "单位：万元")
    assert texts(read(tmp_path, [page])) == ["部门：某局\t2023年度\t单位：万元"]


def test_type_made_bold_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    page = PdfPage()
    for shift in (0, 0.3):
        page.text(60 + shift, 100, "支出决算表 11,100.00——完")
    assert texts(read(tmp_path, [page])) == ["支出决算表 11,100.00——完"]


def test_slanted_watermarks_are_left_out(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 100, "正文")
    page.operations.append("BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 300 Tm <68376599> Tj ET")
    assert texts(read(tmp_path, [page])) == ["正文"]


def test_text_that_runs_down_is_one_paragraph(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 100, "一般公共服务支出与其他支出")
    page.turned_text(400, 300, "侧边说明")
    assert texts(read(tmp_path, [page])) == ["一般公共服务支出与其他支出", "侧边说明"]


def table_without_rules(*, three_rules: bool) -> PdfPage:
    page = PdfPage()
    page.text(200, 60, "支出决算表", 14)
    page.text(60, 85, "部门：某局", 9)
    page.text(480, 85, "单位：万元", 9)
    for x, text in ((60, "科目编码"), (130, "科目名称"), (290, "本年支出合计"), (380, "基本支出"), (460, "项目支出")):
        page.text(x, 104, text, 9)
    for at, (code, name, *amounts) in enumerate(AMOUNTS):
        base = 120 + 16 * at
        page.text(60, base, code, 9)
        page.text(130, base, name, 9)
        for right, amount in zip((340, 420, 500), amounts, strict=True):
            if amount:
                page.text(right - text_width(amount, 9), base, amount, 9)
    if three_rules:
        for y in (94, 108, 174):
            page.line(50, y, 545, y)
    page.text(60, 190, "注：本表反映部门本年度各项支出情况。", 9)
    page.shuffle(5)
    return page


@pytest.mark.parametrize("three_rules", [False, True])
def test_tables_without_rules_between_columns(tmp_path: Path, three_rules: bool) -> None:
    document = read(tmp_path, [table_without_rules(three_rules=three_rules)])
    (grid,) = document.grids()
    assert grid.origin == "aligned"
    assert grid.texts() == [
        ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"],
        *(list(row) for row in AMOUNTS),
    ]
    assert [line.text for line in grid.raw][3] == "2010301\t行政运行\t1,383.50\t1,383.50"
    assert texts(document) == ["支出决算表", "部门：某局\t单位：万元", "注：本表反映部门本年度各项支出情况。"]


def test_a_scan_is_called_a_scan(tmp_path: Path) -> None:
    page = PdfPage()
    page.picture(0, 0, 595, 842)
    with pytest.raises(SourceError, match=r"扫描件.*OCR"):
        read(tmp_path, [page, page])


def test_scanned_pages_among_others_and_recognised_scans_are_reported(tmp_path: Path) -> None:
    plain, scan, recognised = PdfPage(), PdfPage(), PdfPage()
    plain.text(60, 100, "正文")
    for page in (scan, recognised):
        page.picture(0, 0, 595, 842)
    write_paragraph(recognised, 100, SENTENCE)
    warnings = read(tmp_path, [plain, scan, recognised]).warnings
    assert warnings[0].startswith("第 2 页是扫描图片，没有文字")
    assert warnings[1].startswith("第 3 页是扫描图片加识别文字")


def test_pages_without_anything(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有可读取的文字"):
        read(tmp_path, [PdfPage()])


@pytest.mark.parametrize("first", [0xE000, 0xC0, 0x23])
def test_fonts_without_text_codes_are_refused(tmp_path: Path, first: int) -> None:
    page = PdfPage()
    for at in range(8):
        page.text(60, 100 + 20 * at, "".join(chr(first + (at * 7 + char) % 40) for char in range(30)))
    with pytest.raises(SourceError, match="乱码"):
        read(tmp_path, [page])


def test_pages_garbled_in_part_are_reported(tmp_path: Path) -> None:
    pages = [PdfPage(), PdfPage(), PdfPage()]
    for page in pages:
        write_paragraph(page, 100, SENTENCE)
    pages[1].text(60, 400, "Ð¶Ñ7Þâðñ")
    warnings = read(tmp_path, pages).warnings
    assert len(warnings) == 1 and warnings[0].startswith("第 2 页有部分文字的字体没有编码")


def test_a_locked_file_is_called_locked(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 100, "机密")
    path = tmp_path / "a.pdf"
    path.write_bytes(locked(build_pdf([page]), b"secret"))
    with pytest.raises(SourceError, match="PDF 有密码保护"):
        read_document(path)


def test_a_truncated_file(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 100, "正文")
    data = build_pdf([page])
    path = tmp_path / "a.pdf"
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(SourceError, match="已损坏"):
        read_document(path)
    path.write_bytes(data[: data.rindex(b"xref")])
    assert texts(read_document(path)) == ["正文"]


def test_progress_and_cancelling(tmp_path: Path) -> None:
    pages = [PdfPage() for _ in range(5)]
    for page in pages:
        page.text(60, 100, "正文")
    path = tmp_path / "a.pdf"
    path.write_bytes(build_pdf(pages))
    steps: list[tuple[float, str]] = []
    read_document(path, progress=lambda fraction, what: steps.append((fraction, what)))
    assert [step[0] for step in steps] == sorted(step[0] for step in steps)
    assert steps[-1][0] == 1.0 and any("第 3 页，共 5 页" in what for _, what in steps)
    seen: list[float] = []
    with pytest.raises(ReadingCancelled, match="已取消"):
        read_document(
            path, progress=lambda fraction, _: seen.append(fraction), cancelled=lambda: bool(seen and seen[-1] > 0.3)
        )
    assert max(seen) < 0.7


def locked(data: bytes, password: bytes) -> bytes:
    """Return the file with a dictionary that asks for a password (40-bit standard handler)."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (password + padding)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + (-4).to_bytes(4, "little", signed=True) + b"0123456789abcdef").digest()[:5]
    user = rc4(key, padding)
    entry = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >> "
        f"/ID [<{b'0123456789abcdef'.hex()}> <{b'0123456789abcdef'.hex()}>] "
    )
    return data.replace(b"trailer << ", b"trailer << " + entry.encode())


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
