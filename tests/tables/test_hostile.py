"""Workbooks meant to do harm: refused with a sentence, soon, and in little memory."""

from __future__ import annotations

import random
import re
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from base64 import b64encode

import pytest

from duijie.tables import child, guard
from duijie.tables.problems import TableError
from duijie.tables.read import read_documents

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def spoilt(workbook, tmp_path):
    """A sound workbook with one part changed by ``change``, and with ``extra`` parts."""

    def make(change=None, *, part=SHEET, extra=(), rows=None):
        sound = workbook(rows or [["编号", "名称"], ["D1", "煤"], ["D2", "稀土"]], name="sound.xlsx")
        path = tmp_path / "需求.xlsx"
        with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, change(content) if change and name == part else content)
            for name, content in extra:
                new.writestr(name, content)
        return path

    return make


def refusal(path) -> str:
    started = time.monotonic()
    with pytest.raises(TableError) as caught:
        read_documents(path, noun="demand")
    assert time.monotonic() - started < 10
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_workbook_these_tests_spoil_is_sound(spoilt) -> None:
    assert len(read_documents(spoilt(), noun="demand").rows) == 2


def test_something_else_under_the_name_is_refused(table) -> None:
    assert "不是 Excel 文件" in refusal(table("编号,名称\n", "需求.xlsx"))


def test_the_old_format_under_the_name_is_refused(table) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le")
    assert "旧的 .xls 格式" in refusal(table(content, "需求.xlsx"))


def test_a_password_is_named_as_the_reason(table) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert "有打开密码" in refusal(table(content, "需求.xlsx"))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "里没有工作簿" in refusal(tmp_path / "a.xlsx")


def test_a_damaged_zip_is_said_to_be_damaged(spoilt, table) -> None:
    content = spoilt().read_bytes()
    assert "已损坏" in refusal(table(content[: len(content) // 2], "a.xlsx"))
    middle = len(content) // 3
    broken = content[:middle] + bytes(200) + content[middle + 200 :]
    assert "已损坏" in refusal(table(broken, "b.xlsx"))


@pytest.mark.parametrize("content", [b"<worksheet><sheetData><row", b"", b"\x00" * 100, b"<worksheet/>" * 3])
def test_a_broken_sheet_never_passes(spoilt, content) -> None:
    assert refusal(spoilt(lambda _: content))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("content", [b"", b"<a>", b"<a/>", b"\xff\xfe<\x00"])
def test_a_broken_directory_of_sheets_never_passes(spoilt, part, content) -> None:
    assert refusal(spoilt(lambda _: content, part=part))


def test_a_bomb_is_refused_by_its_directory(spoilt) -> None:
    path = spoilt(extra=[("xl/bomb.xml", b" " * (guard.MAX_UNPACKED + 1))])
    assert path.stat().st_size < 300_000
    assert "解开后有 200 MB" in refusal(path)


def test_a_small_part_that_unpacks_to_much_is_refused(spoilt) -> None:
    assert "压缩比" in refusal(spoilt(extra=[("xl/bomb.xml", b" " * 3_000_000)]))


def lie(path, name: str, size: int, crc: int) -> None:
    """Let the zip directory and the member's own header say that ``name`` unpacks to ``size`` bytes."""
    content = bytearray(path.read_bytes())
    for mark, crc_at, size_at, name_at in ((b"PK\x03\x04", 14, 22, 30), (b"PK\x01\x02", 16, 24, 46)):
        start = content.find(mark)
        while start >= 0:
            if content[start + name_at :].startswith(name.encode()):
                content[start + crc_at : start + crc_at + 4] = struct.pack("<I", crc)
                content[start + size_at : start + size_at + 4] = struct.pack("<I", size)
            start = content.find(mark, start + 4)
    path.write_bytes(content)


def test_a_bomb_whose_directory_lies_is_refused(spoilt) -> None:
    path = spoilt(extra=[("xl/bomb.xml", b" " * 50_000_000)])
    lie(path, "xl/bomb.xml", 1000, zlib.crc32(b" " * 1000))
    with zipfile.ZipFile(path) as archive:
        assert len(archive.read("xl/bomb.xml")) == 1000
    assert "压缩比" in refusal(path)


def test_a_bomb_in_many_parts_is_refused(spoilt, monkeypatch) -> None:
    monkeypatch.setattr(guard, "MAX_UNPACKED", 3_000_000)
    path = spoilt(extra=[(f"xl/{place}.bin", b" " * 1_000_000) for place in range(4)])
    for place in range(4):
        lie(path, f"xl/{place}.bin", 10, zlib.crc32(b" " * 1_000_000))
    with path.open("rb") as file, pytest.raises(TableError, match="解开后超过"):
        guard.inspect("需求.xlsx", file)


def test_too_many_parts_are_refused(spoilt) -> None:
    assert "1,0" in refusal(spoilt(extra=[(f"xl/{place}.xml", b"<a/>") for place in range(1000)]))


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_document_types_are_refused(spoilt, part) -> None:
    assert "XML 定义" in refusal(spoilt(lambda xml: LAUGHS + xml, part=part))


def test_a_document_type_late_in_a_part_is_found(spoilt) -> None:
    padding = b"<!--" + b64encode(random.Random(1).randbytes(guard._CHUNK)) + b"-->"
    assert "XML 定义" in refusal(spoilt(lambda xml: padding + LAUGHS + xml))


def test_xml_in_another_encoding_cannot_hide(spoilt) -> None:
    assert "XML 定义" in refusal(spoilt(lambda xml: xml.decode().encode("utf-16")))


def test_millions_of_columns_are_refused(spoilt) -> None:
    assert "表格太大（到 XFD1048576" in refusal(spoilt(lambda xml: xml.replace(b'r="B3"', b'r="XFD1048576"')))
    assert "表格太大" in refusal(spoilt(lambda xml: xml.replace(b'r="B3"', b'r="ZZZZZZZZ3"')))


def test_a_cell_far_out_in_single_quotes_is_refused(spoilt) -> None:
    assert "表格太大" in refusal(spoilt(lambda xml: xml.replace(b'r="B3"', b"r='ZZ1048576'")))


def test_a_narrow_sheet_to_the_last_row_is_refused(spoilt) -> None:
    def far(xml: bytes) -> bytes:
        return (
            xml.replace(b'<row r="3"', b'<row r="1048576"')
            .replace(b'r="A3"', b'r="A1048576"')
            .replace(b"B3", b"T1048576")
        )

    assert "表格太大" in refusal(spoilt(far))


def test_a_declared_dimension_is_not_believed(spoilt) -> None:
    path = spoilt(lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml))
    assert len(read_documents(path, noun="demand").rows) == 2


def test_formats_out_to_the_last_column_are_no_cells(spoilt) -> None:
    path = spoilt(lambda xml: xml.replace(b"</row>", b'<c r="XFD3" s="0"/></row>', 1))
    assert len(read_documents(path, noun="demand").rows) == 2


def test_merging_everything_costs_nothing(spoilt) -> None:
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    assert len(read_documents(spoilt(lambda xml: xml.replace(b"</sheetData>", merge)), noun="demand").rows) == 2


def test_what_slips_past_the_guard_dies_in_the_child(spoilt) -> None:
    """An escaped reference is out of the glance's sight; the parser's allocation then meets the memory limit."""
    path = spoilt(lambda xml: xml.replace(b'r="B3"', b'r="&#90;Z1048576"'))
    assert "太大" in refusal(path) or "已损坏" in refusal(path)


def test_refusing_takes_little_memory(spoilt) -> None:
    bombs = [
        spoilt(extra=[("xl/bomb.xml", b" " * (guard.MAX_UNPACKED + 1))]).read_bytes(),
        spoilt(lambda xml: xml.replace(b'r="B3"', b'r="XFD1048576"')).read_bytes(),
        spoilt(lambda xml: xml.replace(b'r="B3"', b'r="&#90;Z1048576"')).read_bytes(),
        spoilt(lambda xml: LAUGHS + xml).read_bytes(),
    ]
    path = spoilt()
    # a process in between: the peak of a child includes that of whoever started it
    measure = (
        "import resource, subprocess, sys;"
        "print(b'\"error\"' in subprocess.run(sys.argv[1:], stdout=-1, stderr=-3).stdout);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    for bomb in bombs:
        path.write_bytes(bomb)
        child = [sys.executable, "-P", "-m", "duijie.tables.child", str(path), "zh"]
        told = subprocess.run(
            [sys.executable, "-c", measure, *child], capture_output=True, text=True, check=True
        ).stdout
        refused, peak = told.split()
        assert refused == "True"
        assert int(peak) < 300 * 1024


def test_the_child_limits_its_own_memory_and_time(monkeypatch) -> None:
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda what, limit: limits.update({what: limit}))
    child._limit()
    assert limits[resource.RLIMIT_AS] == (child.MEMORY, child.MEMORY)
    assert limits[resource.RLIMIT_CPU] == (child.SECONDS, child.SECONDS)
