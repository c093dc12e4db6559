"""Reads all forms of a running text."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.template import Shape, Template
from desktopapp.readers.flat.block_form import read_blocks
from desktopapp.readers.flat.code_form import read_codes
from desktopapp.readers.flat.lines_form import LineLabels, read_lines
from desktopapp.readers.flat.regions import Region, Titles, find_regions
from desktopapp.readers.flat.single_form import read_single
from desktopapp.readers.flat.tokens import TextLine
from desktopapp.readers.reading import FormReading


class FlatReader:
    """Finds and reads the forms in lines of text, whatever template they follow."""

    def __init__(self, templates: Sequence[Template], catalogues: Catalogues) -> None:
        self._templates = templates
        self._catalogues = catalogues
        self._titles = Titles(templates)

    def read(self, lines: Sequence[TextLine], template: Template) -> list[FormReading]:
        """Return the forms of a text, read with the lines and columns of one template."""
        return self.read_regions(self.regions(lines), template)

    def regions(self, lines: Sequence[TextLine]) -> list[Region]:
        """Return where the forms stand in a text, whatever template they follow."""
        return find_regions(lines, self._titles)

    def read_regions(self, regions: Sequence[Region], template: Template) -> list[FormReading]:
        """Return the forms of regions, read with the lines and columns of one template."""
        return [self._read(region, template) for region in regions]

    def _read(self, region: Region, template: Template) -> FormReading:
        form = template.form(region.form)
        if form.shape is Shape.TWO_SIDED:
            labels = LineLabels(region.form, self._templates)
            reading = read_lines(region, form, labels, template.elsewhere)
        elif form.shape is Shape.CODES:
            reading = read_codes(region, form, self._catalogues.functional, template.elsewhere)
        elif form.shape is Shape.BLOCKS:
            reading = read_blocks(region, form, self._catalogues.economic, template.elsewhere)
        else:
            reading = read_single(region, form, template.elsewhere)
        reading.title, reading.year = region.title.strip(), region.year
        reading.unit, reading.department = region.unit, region.department
        reading.where = f"第 {region.lines[0].number} 行起" if region.lines else ""
        return reading
