"""The text of a report in passages: whole sentences, each with its section and its place in the source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: Words by which headings of the explanatory part are told apart, most telling first; keys are ours.
_SECTIONS: tuple[tuple[str, str], ...] = (
    ("three_public", r"三公"),
    ("agency", r"(?:机关|机构)运行"),
    ("procurement", r"政府采购"),
    ("assets", r"国有资产"),
    ("performance", r"绩效"),
    ("fund", r"政府性基金"),
    ("capital", r"国有资本"),
    ("basic", r"基本支出"),
    ("general", r"一般公共预算|财政拨款支出决算"),
    ("fiscal", r"财政拨款收入支出|财政拨款收支"),
    ("total", r"收入支出决算总体|收支决算?总体|收支情况总体|收支总体|收入支出总体"),
    ("changes", r"增减变化"),
    ("income", r"收入决算|收入总体"),
    ("expense", r"支出决算|支出总体"),
    ("poverty", r"扶贫|乡村振兴"),
)
#: Words before an amount by which paragraphs without any heading are told apart, most telling first.
_SPOKEN: tuple[tuple[str, str], ...] = (
    ("three_public", r"三公|公务接待|公务用车(?:购置|运行)|因公出国"),
    ("agency", r"(?:机关|机构)运行经费"),
    ("procurement", r"政府采购(?:支出|总额|金额)"),
    ("fund", r"政府性基金(?:预算)?(?:财政)?(?:拨款)?(?:收入|支出|年初)"),
    ("capital", r"国有资本经营(?:预算)?(?:财政)?(?:拨款)?(?:收入|支出)"),
    ("basic", r"(?:一般公共预算|财政拨款)基本支出"),
    ("fiscal", r"财政拨款(?:收、支|收支|收入、?支出|收入|支出)总计"),
    ("general", r"一般公共预算(?:财政)?(?:拨款)?支出|财政拨款支出"),
    ("total", r"(?:收、支|收支|收入、?支出|收入|支出)(?:决算)?总计|总收入|总支出"),
    ("income", r"(?:本年|决算)收入|收入合计"),
    ("expense", r"(?:本年|决算)支出|支出合计"),
)
_AMOUNT = re.compile(r"\d\s*(?:万元|元)")
#: Sections that some regions tell as points of another one (其他重要事项).
_WITHIN = frozenset({"three_public", "agency", "procurement", "assets", "performance", "fund", "capital", "poverty"})
#: Sections that every region has.
_MAIN = frozenset({"total", "income", "expense", "fiscal", "general", "basic", "three_public"})
#: Less than this behind a heading is the rest of it.
_LEAST_TEXT = 6
#: So many numbered headings of them tell that all are numbered.
_NUMBERED = 3
#: Key of sections of the explanations that are none of ours.
OTHER = "other"
_NUMERALS = "一二三四五六七八九十"
_HEADING = re.compile(
    r"^[#*\-\s]*(?!一般)[（(]?([一二三四五六七八九十]{1,3})[）)]?\s*[、.．]?\s*(.{2,40}?)[#*。：:\s]*$"
)
#: The same where the numbers of headings were lost, as in text copied from a list of Word.
_BARE_HEADING = re.compile(r"^[#*\-\s]*()(.{4,34}?(?:说明|支出情况|收入情况))[#*。：:\s]*$")
#: A number of a heading whose title stands on the next line.
_LONE_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:[）)]|[、.．])")
_PART = re.compile(r"^[#*\s]*第([一二三四五六七八九十])部分\s*(.*)$")
_PAGE = re.compile(r"^\s*[-—–－]\s*\d{1,3}\s*[-—–－]\s*$")
_STARTS = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、]|[（(]?\d{1,2}\s*[）)、.．](?!\d)|[①-⑳㉑-㉟㊱-㊿]|第[一二三四五六七八九十]部分|注[：:]|图\s*\d|附件|[-*•]\s)"
)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of text and how its place is told ("第 12 行").

    ``marks`` tell, for lines joined to a paragraph, from which position on the text stands in which line.
    """

    text: str
    where: str
    marks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: ``section`` is the key of its section ("income"; "" before the first), ``part`` its part number.

    ``heading`` is the heading of its section, ``marks`` tell from which position on the text stands in which line.
    """

    text: str
    where: str
    part: int = 0
    section: str = ""
    heading: str = ""
    is_heading: bool = False
    marks: tuple[tuple[int, str], ...] = ()

    def place_of(self, quote: str) -> str:
        """Return the line in which some words of the passage begin, that of the passage where they are not found."""
        at = self.text.find(quote) if quote else 0
        return next((where for start, where in reversed(self.marks) if start <= at), self.where)

    @property
    def places(self) -> tuple[str, ...]:
        """Return every line that the passage is made of."""
        return (self.where, *(where for _, where in self.marks))


_KEPT = frozenset(
    "，。；：、“”！？％①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿㎡㎥℃"
)


def narrow(text: str) -> str:
    """Return text with full-width digits, letters and brackets narrowed; Chinese punctuation stays."""
    return "".join(c if c in _KEPT else unicodedata.normalize("NFKC", c) for c in text).replace("％", "%")


def section_of(heading: str) -> str:
    """Return the key of the section that a heading opens, empty when it is none of ours."""
    plain = re.sub(r"[\s“”\"]", "", heading)
    return next((key for key, pattern in _SECTIONS if re.search(pattern, plain)), "")


def passages(lines: Iterable[SourceLine]) -> list[Passage]:
    """Return the paragraphs of a text, lines that a page or column broke joined again."""
    return list(_with_sections(_joined([SourceLine(narrow(line.text), line.where) for line in lines])))


def _joined(lines: Sequence[SourceLine]) -> Iterator[SourceLine]:
    """Yield paragraphs: a line goes on with the next unless it is closed, or the next one begins something new."""
    text, width, last = "", _usual_width(lines), ""
    marks: list[tuple[int, str]] = []
    for line in lines:
        stripped = line.text.strip()
        if not stripped or _PAGE.match(stripped):
            continue
        if text and not _goes_on(text, last, stripped, width):
            yield SourceLine(text, marks[0][1], tuple(marks))
            text = ""
            marks.clear()
        text, last = _glue(text, stripped), stripped
        marks.append((len(text) - len(stripped), line.where))
    if text:
        yield SourceLine(text, marks[0][1], tuple(marks))


def _usual_width(lines: Sequence[SourceLine]) -> int:
    """Return how long a full line is; texts with one line a paragraph have no usual width."""
    lengths = sorted(len(ln.text.strip()) for ln in lines if len(ln.text.strip()) > 8)
    if not lengths:
        return 0
    nine_tenths = lengths[len(lengths) * 9 // 10]
    return nine_tenths if nine_tenths <= 60 else 0


def _goes_on(text: str, last: str, after: str, width: int) -> bool:
    """Tell whether a line continues the paragraph: nothing new begins, and the line before was full or not closed."""
    if _LONE_NUMBER.fullmatch(text):
        return not _STARTS.match(after)
    if (_bare_heading(after) and last[-1] in "。！？；") or (_bare_heading(text) and len(after) > _LEAST_TEXT):
        return False
    if _STARTS.match(after) or _PART.match(text) or _PART.match(after):
        return False
    if not width:
        # One line a paragraph; only a page break cuts a sentence in two.
        return len(last) > 25 and last[-1] not in "。；！？：:;.表" and not _heading(narrow(text))
    if _HEADING.match(text) and text.rstrip("。").endswith(("说明", "情况", "表")):
        return False
    if last[-1] in "：:":
        return len(last) >= width
    return last[-1] not in "。！？" or len(last) >= width


def _glue(text: str, after: str) -> str:
    if not text:
        return after
    gap = " " if text[-1].isascii() and text[-1].isalnum() and after[0].isascii() and after[0].isalpha() else ""
    return text + gap + after


def _with_sections(paragraphs: Iterable[SourceLine]) -> Iterator[Passage]:
    lines = list(paragraphs)
    bracketed, bare = _sections_in_brackets(lines)
    part, section, heading, explains, spoken = 0, "", "", True, ""
    ends = contents_end([line.text for line in lines])
    for at, line in enumerate(lines):
        text = line.text
        if at == ends:
            section, heading, spoken = "", "", ""
        opened = _PART.match(text)
        if opened:
            title = opened.group(2) + _rest_of_title(lines[at + 1 : at + 2])
            part, section, heading, spoken = _NUMERALS.index(opened.group(1)) + 1, "", text, ""
            explains = not re.search(r"名词|附件|附表|重点|概况|决算表|报表", title)
            yield Passage(text, line.where, part, "", heading, True, line.marks)
            continue
        found = _heading(text) or (_bare_heading(text) if bare else None)
        if found and re.search(r"名词解释$|^附[件表]$", found.group(2).strip("：:。 ")):
            section, heading = "", ""
            yield Passage(text, line.where, part, "", heading, True, line.marks)
            continue
        if explains and found:
            opens = _opens(text, found, section, bracketed)
            if opens:
                section, heading = opens, text
            spoken = ""
            yield Passage(text, line.where, part, section, heading, True, line.marks)
            continue
        if found:
            yield Passage(text, line.where, part, "", heading, True, line.marks)
            continue
        spoken = spoken_of(text) or spoken
        outside = explains and not section and _AMOUNT.search(text) is not None
        yield Passage(text, line.where, part, spoken if outside else section, heading, False, line.marks)


def spoken_of(text: str) -> str:
    """Return the key of the section that a paragraph would stand in, by the words before its first amount."""
    amount = _AMOUNT.search(text)
    plain = re.sub(r"[\s“”\"]", "", text[: amount.start()] if amount else "")
    clause = re.split(r"[。；]", plain)[-1]
    return next((key for key, pattern in _SPOKEN if re.search(pattern, clause)), "")


def contents_end(texts: Sequence[str]) -> int:
    """Return where the table of contents ends, 0 where there is none.

    It ends where its first entry stands again, or at the first real paragraph.
    """
    start = next((at for at, text in enumerate(texts[:40]) if re.fullmatch(r"\W*目\s*录\W*", text)), None)
    if start is None:
        return 0
    first = _entry(texts[start + 1]) if start + 1 < len(texts) else ""
    for at, text in enumerate(texts[start + 2 :], start + 2):
        if (first and _entry(text) == first) or len(_entry(text)) > 60 or ("。" in text and not _heading(text)):
            return at
    return len(texts)


def _entry(text: str) -> str:
    """Return a line of the contents without the dots and the page number behind it."""
    return re.sub(r"[\s.．…·\-—]*\d*$|\s", "", text)


def _rest_of_title(after: Sequence[SourceLine]) -> str:
    """Return the next line where the title of a part goes on there."""
    text = after[0].text[:60] if after else ""
    return text if not _STARTS.match(text) and not re.search(r"[，；。]", text) else ""


def _opens(text: str, found: re.Match[str], section: str, bracketed: bool) -> str:
    """Return the key of the section that a heading opens, "" when it is one of a point within a section."""
    plain = text.lstrip("#* ")
    top = not plain.startswith(("(", "（")) or bracketed or not section
    key = section_of(found.group(2))
    if not key or not _is_section(text, key):
        # Another section of the explanations, such as 其他重要事项: what follows is not about the one before.
        return OTHER if top and section and re.search(r"(?:情况|事项)(?:的)?(?:情况)?(?:说明)?[*#。]*$", text) else ""
    if top or key in _WITHIN or (key in ("income", "expense") and section in ("total", "changes", "income")):
        return key
    return ""


def _sections_in_brackets(lines: Sequence[SourceLine]) -> tuple[bool, bool]:
    """Tell whether the explanations number their sections （一）, as some regions do, and not 一、, or not at all."""
    plain = bracketed = 0
    for line in lines:
        found = _heading(line.text)
        if found and (key := section_of(found.group(2))) and key in _MAIN and _is_section(line.text, key):
            is_bracketed = line.text.lstrip("#* -").startswith(("(", "（"))
            plain, bracketed = plain + (not is_bracketed), bracketed + is_bracketed
    return bracketed > plain, plain + bracketed < _NUMBERED


def _bare_heading(text: str) -> re.Match[str] | None:
    """Return the match of a heading of a section without its number."""
    found = _BARE_HEADING.match(text)
    return found if found and section_of(found.group(2)) and not re.search(r"[，。；：、,;:]", found.group(2)) else None


def _heading(text: str) -> re.Match[str] | None:
    """Return the match of a heading: an enumerator and a few words, whatever note for the writer stands behind."""
    if re.search(r"[（(][类款项][)）]", text):
        return None
    found = _HEADING.match(re.sub(r"\((?:注意|此处|说明).*$", "", text))
    return found if found and len(found.group()) <= 44 and not re.search(r"[，。；]", found.group(2)) else None


def _is_section(text: str, key: str) -> bool:
    """Tell whether a heading is one of a section of the explanations, not of a form or of a point within a section."""
    return (key in _WITHIN or bool(re.search(r"说明|情况|支出$|收入$", text))) and not re.search(
        r"决算(?:明细)?表$", text.rstrip("*#。 ")
    )


_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？\n]?")


def sentences(passage: Passage) -> list[str]:
    """Return the sentences of a passage; a list behind 其中 stays with its sentence."""
    return [m.group().strip() for m in _SENTENCE.finditer(passage.text) if m.group().strip()]
