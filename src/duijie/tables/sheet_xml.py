"""What calamine does not tell of a workbook: where a sheet lies, and which cells hold a formula or an error only."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.parsers import expat

from duijie.tables.guard import read_small

if TYPE_CHECKING:
    import zipfile

UNCALCULATED = ""
"""Stands for a formula whose value was never stored; an error stands for itself, such as "#REF!"."""

_REFERENCE = re.compile(r"([A-Za-z]+)(\d+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the zip part of each sheet by the sheet's name."""
    relations = ElementTree.fromstring(read_small(archive, "xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = ElementTree.fromstring(read_small(archive, "xl/workbook.xml"))
    parts = {}
    for sheet in workbook.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = sheet.get(_RELATION) or next(
            (sheet.attrib[key] for key in sheet.attrib if key.endswith("}id")), None
        )
        target = targets.get(relation, "")
        parts[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def valueless(archive: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet that show no value, as (row, column) from 0 → :data:`UNCALCULATED` or the error."""
    with archive.open(part) as stream:
        scan = _Scan()
        while chunk := stream.read(1 << 20):
            scan.parser.Parse(chunk, False)
        scan.parser.Parse(b"", True)
    return scan.found


class _Scan:
    def __init__(self) -> None:
        self.found: dict[tuple[int, int], str] = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._place = (-1, -1)
        self._row = -1
        self._column = -1
        self._type = ""
        self._formula = False
        self._value = ""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "c":
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _column(found[1]) if found else self._column + 1
            self._type, self._formula, self._value = attributes.get("t", ""), False, ""
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else self._row + 1
            self._column = -1
        elif tag == "f":
            self._formula = True
        elif tag == "v" and (self._formula or self._type == "e"):
            self.parser.CharacterDataHandler = self._text

    def _end(self, tag: str) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "v":
            self.parser.CharacterDataHandler = None
        elif tag == "c":
            if self._type == "e":
                self.found[self._row, self._column] = self._value or "#ERROR"
            elif self._formula and not self._value and self._type != "str":
                self.found[self._row, self._column] = UNCALCULATED

    def _text(self, text: str) -> None:
        self._value += text


def _column(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1
