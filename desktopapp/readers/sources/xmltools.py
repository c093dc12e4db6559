"""XML parsed with distrust: no entities, no network, no document type, no huge trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from .errors import SourceError
from .limits import MAX_TREE_BYTES

Element = Any
"""An lxml element; lxml ships no types."""

_WHOLE_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+\s*")
_MOST_DIGITS: Final = 12
_BROKEN: Final = "文件内容已损坏，请用原来的软件打开后另存一份再导入。"


def parse_xml(content: bytes) -> Element:
    """Return the root element; raise SourceError for damaged XML and for any document type declaration."""
    if len(content) > MAX_TREE_BYTES:
        raise SourceError("文件内容异常庞大，为安全起见未打开，请删去多余内容后再导入。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(_BROKEN) from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():
        raise SourceError("文件内含可疑的实体定义，为安全起见未打开，请确认文件来源后另存一份再导入。")
    return root


def local_name(element: Element) -> str:
    """Return the tag without its namespace, "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its local name, in any namespace."""
    value = element.get(name)
    if value is not None:
        return str(value)
    ending = "}" + name
    for key, found in element.attrib.items():
        if key.endswith(ending):
            return str(found)
    return None


def int_attribute(element: Element, name: str, default: int) -> int:
    """Return an attribute as a whole number (a very long one as a very large one), `default` when it is none."""
    value = attribute(element, name)
    if value is None or not _WHOLE_NUMBER.fullmatch(value):
        return default
    return int(value) if len(value) <= _MOST_DIGITS else 10**_MOST_DIGITS


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the direct children with this local name."""
    for child in element:
        if local_name(child) == name:
            yield child


def child(element: Element, name: str) -> Element | None:
    """Return the first direct child with this local name."""
    return next(children(element, name), None)
