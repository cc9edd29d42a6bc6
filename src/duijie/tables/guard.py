"""The door for workbooks: a zip file is looked through, member by member, before anything parses it.

Limits hold for the bytes that really come out, since a zip directory can say anything: 200 MB in all, a ratio of 100
for members over 1 MB, 1,000 members, no document type, no encryption, no cell so far out that the grid would not fit.
"""

from __future__ import annotations

import copy
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from duijie.tables.problems import TableError
from duijie.words import say

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_MEMBERS = 1_000
MAX_CELLS = 10_000_000
MAX_COLUMNS = 16_384
_FREE_OF_RATIO = 1024 * 1024
_CHUNK = 1 << 20
_OVERLAP = 200

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FAR_CELL = re.compile(rb"""r=["']([A-Za-z]{2,})(\d+)["'][^<>]*[^/<>]>""")
_DEFINITION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_LAST_CELL = re.compile(rb"""<c\s[^<>]*?r=["'][A-Za-z]+(\d+)["']""")
_LETTERS = [bytes([code]) for code in range(65, 91)]
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


@dataclass(slots=True)
class Look:
    """What a glance at one sheet's XML showed: has it cells, formulas or errors, and how far out do the cells lie."""

    filled: bool = False
    special: bool = False
    rows: int = 0
    columns: int = 0


def refuse_other_formats(name: str, head: bytes) -> None:
    """Raise if the first bytes are not those of a zip file, saying what the file is instead."""
    if head.startswith(b"PK\x03\x04"):
        return
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise TableError(
                say(
                    f"{name} 有打开密码，读不了；请在 Excel 里去掉密码后另存再试。",
                    f"{name} is protected by a password; remove it in Excel, save, and try again.",
                )
            )
        raise TableError(
            say(
                f"{name} 是旧的 .xls 格式，只是名字以 .xlsx 结尾；请在 Excel 里另存为 .xlsx 再试。",
                f"{name} is in the old .xls format under an .xlsx name; save it as .xlsx in Excel and try again.",
            )
        )
    raise TableError(
        say(
            f"{name} 不是 Excel 文件，只是名字以 .xlsx 结尾；请在 Excel 里打开原表，另存为 .xlsx 再试。",
            f"{name} is not an Excel file, only named .xlsx; open the table in Excel, save as .xlsx, and try again.",
        )
    )


def inspect(name: str, file: IO[bytes]) -> dict[str, Look]:
    """Check a whole workbook against the limits and return a :class:`Look` at each sheet part."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_directory(name, members)
            looks: dict[str, Look] = {}
            left = MAX_UNPACKED
            for member in members:
                look = looks[member.filename] = Look()
                left -= _check_member(name, archive, member, look, left)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
    ) as error:
        if isinstance(error, TableError):
            raise
        raise damaged(name) from error
    except Exception as error:  # zlib.error has no base of its own
        raise damaged(name) from error
    return {part: look for part, look in looks.items() if _SHEET.fullmatch(part)}


def damaged(name: str) -> TableError:
    """Return the error for a workbook that cannot be taken apart."""
    return TableError(
        say(
            f"{name} 已损坏，打不开；请用 Excel 打开并另存为新文件再试。",
            f"{name} is damaged; open it in Excel, save it as a new file, and try again.",
        )
    )


def _check_directory(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise _too_big(name, f"{len(members):,} 个部件", f"{len(members):,} parts")
    if any(member.flag_bits & 1 for member in members):
        raise damaged(name)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise damaged(name)
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED:
        raise _too_big(name, f"解开后有 {size >> 20:,} MB", f"{size >> 20:,} MB unpacked")
    if any(_is_bomb(member.file_size, member.compress_size) for member in members):
        raise _too_big(name, "压缩比高得不正常", "compressed beyond what tables are")
    if not any(member.filename.casefold() == "xl/workbook.xml" for member in members):
        raise TableError(
            say(
                f"{name} 里没有工作簿，不是 .xlsx；请在 Excel 里另存为 .xlsx 再试。",
                f"{name} holds no workbook, so it is not .xlsx; save it as .xlsx in Excel and try again.",
            )
        )


def _is_bomb(size: int, packed: int) -> bool:
    return size > _FREE_OF_RATIO and size > MAX_RATIO * max(packed, 1)


def _check_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, look: Look, left: int) -> int:
    """Unpack one member in pieces, keeping none, and return how many bytes really came out."""
    honest = copy.copy(member)
    honest.file_size = left + _CHUNK  # zipfile stops at the declared size, however much follows
    is_xml = member.filename.endswith((".xml", ".rels"))
    is_sheet = bool(_SHEET.fullmatch(member.filename))
    size = 0
    tail = b""
    with archive.open(honest) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise _too_big(name, f"解开后超过 {MAX_UNPACKED >> 20} MB", f"over {MAX_UNPACKED >> 20} MB unpacked")
            if _is_bomb(size, member.compress_size):
                raise _too_big(name, "压缩比高得不正常", "compressed beyond what tables are")
            if is_xml:
                _refuse_document_type(name, tail + chunk, start=not tail)
            if is_sheet:
                look.special |= not tail and b"<worksheet" not in chunk  # a prefix hides the marks looked for
                _look_at(name, tail + chunk, look)
            tail = chunk[-_OVERLAP:]
    return size


def _refuse_document_type(name: str, xml: bytes, *, start: bool) -> None:
    if (start and (xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:4])) or _DEFINITION.search(xml):
        raise TableError(
            say(
                f"{name} 里有不该出现的 XML 定义，可能有害，没有打开；请在 Excel 里把数据复制到新表，另存为 .xlsx。",
                f"{name} holds XML definitions no table needs and was not opened, as it may do harm; copy the data to "
                "a new sheet in Excel and save it as .xlsx.",
            )
        )


def _look_at(name: str, xml: bytes, look: Look) -> None:
    """Find how far out cells lie without parsing: beyond column Z one by one, before it only if the rows are many."""
    look.filled = look.filled or b"<v>" in xml or b"<t" in xml or b":v>" in xml or b":t" in xml
    look.special = look.special or b"<f" in xml or b't="e"' in xml
    far = _FAR_CELL.findall(xml)
    if last := _LAST_CELL.search(xml, xml.rfind(b"<c ")):
        far.append((b"A", last[1]))
        if int(last[1][:8]) * 26 > MAX_CELLS:
            far += [(letter, last[1]) for letter in _LETTERS if b'r="' + letter in xml]
    for column, row in far:
        look.columns = max(look.columns, _place(column[:4]))
        look.rows = max(look.rows, int(row[:8]))
        if look.columns > MAX_COLUMNS or look.columns * look.rows > MAX_CELLS:
            raise too_far(name, (column + row)[:20].decode())


def too_far(name: str, where: str) -> TableError:
    """Return the error for a sheet whose cells lie so far apart that its grid would not fit."""
    return TableError(
        say(
            f"{name} 的表格太大（到 {where} 都有内容）；请删去表格以外的行列，另存后再试。",
            f"{name}: the grid is too large, with content as far out as {where}; delete the rows and columns outside "
            "the table, save, and try again.",
        )
    )


def _place(letters: bytes) -> int:
    place = 0
    for code in letters.upper():
        place = place * 26 + code - 64
    return place


def _too_big(name: str, zh: str, en: str) -> TableError:
    return TableError(
        say(
            f"{name} {zh}，为安全起见没有打开；请只留下需要的工作表，或把数据另存为 .csv 再试。",
            f"{name} is {en} and was not opened, for safety; keep only the sheets needed, or save the "
            "data as .csv, and try again.",
        )
    )


def read_small(archive: zipfile.ZipFile, part: str, limit: int = 8 * 1024 * 1024) -> bytes:
    """Return a member that is small in any honest workbook."""
    with archive.open(part) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise zipfile.BadZipFile(part)
    return content
