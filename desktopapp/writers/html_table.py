"""A ruled table as an HTML table that a screen reader can walk through: caption, scopes of headers, merged cells."""

from __future__ import annotations

from html import escape

from desktopapp.writers.tables import RuledCell, RuledTable


def table_html(table: RuledTable, name: str) -> str:
    """Return a table in a frame that scrolls when the window is narrow; ``name`` is the id of its caption."""
    rows = [_row(table, row) for row in table.by_row()]
    head = "<thead>\n" + "\n".join(rows[: table.head_rows]) + "\n</thead>\n" if table.head_rows else ""
    body = "\n".join(rows[table.head_rows :])
    caption = _caption(table, name)
    # Reached by keyboard, or those without a mouse could not scroll it.
    label = f' role="region" tabindex="0" aria-labelledby="{name}"' if caption else ""
    notes = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    return f'<div class="wide"{label}>\n<table>\n{caption}{head}<tbody>\n{body}\n</tbody>\n</table>\n</div>' + (
        f'\n<div class="notes">{notes}</div>' if notes else ""
    )


def _caption(table: RuledTable, name: str) -> str:
    if not table.title:
        return ""
    lines = f'<div class="line corner">{escape(table.corner)}</div>' if table.corner else ""
    if table.left or table.right:
        lines += f'<div class="line"><div>{escape(table.left)}</div><div>{escape(table.right)}</div></div>'
    return f'<caption><div id="{name}">{escape(table.title)}</div>{lines}</caption>\n'


def _row(table: RuledTable, cells: list[RuledCell]) -> str:
    return "<tr>" + "".join(_cell(cell, cell.row < table.head_rows) for cell in cells) + "</tr>"


def _cell(cell: RuledCell, head: bool) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    looks = [cell.align] * (cell.align != "left" and not head) + ["bold"] * (cell.bold and not head)
    looks += ["indent"] * cell.indent
    look = f' class="{" ".join(looks)}"' if looks else ""
    text = escape(cell.text).replace("\n", "<br>")
    if head:
        return f'<th scope="{"colgroup" if cell.colspan > 1 else "col"}"{spans}>{text}</th>'
    if cell.names and cell.text:
        return f'<th scope="{"rowgroup" if cell.rowspan > 1 else "row"}"{spans}{look}>{text}</th>'
    return f"<td{spans}{look}>{text}</td>"
