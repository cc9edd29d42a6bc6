"""Office files are zip files: their directory is looked through, then every byte that really comes out is counted.

The limits are those of the tables' guard (200 MB in all, a ratio of 100 for members over 1 MB, 1,000 members), which asks
for a workbook; here documents and presentations come as well.
"""

from __future__ import annotations

import copy
import zipfile
from typing import IO

from duijie.tables.guard import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED

_CHUNK = 1 << 20
_FREE_OF_RATIO = 1 << 20
_MARKS = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP = 16


class UnsafeArchive(ValueError):
    """An archive that is damaged, encrypted, too large when unpacked, or holds XML definitions."""


def look_through(file: IO[bytes]) -> tuple[list[str], bytes]:
    """Return the names of the members, and the content of ``[Content_Types].xml``, empty where there is none.

    Raises :class:`UnsafeArchive`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_directory(members)
            left = MAX_UNPACKED
            for member in members:
                left -= _count(archive, member, left)
            names = [member.filename for member in members]
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except UnsafeArchive:
        raise
    except Exception as error:  # zipfile and zlib raise a dozen kinds, and all mean the same here
        raise UnsafeArchive from error
    return names, types


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnsafeArchive
    for member in members:
        known = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if member.flag_bits & 1 or not known or _is_bomb(member.file_size, member.compress_size):
            raise UnsafeArchive


def _is_bomb(size: int, packed: int) -> bool:
    return size > _FREE_OF_RATIO and size > MAX_RATIO * max(packed, 1)


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Unpack one member in pieces, keeping none, and return how many bytes really came out."""
    honest = copy.copy(member)
    honest.file_size = left + _CHUNK  # zipfile stops at the declared size, however much follows
    xml = member.filename.lower().endswith((".xml", ".rels"))
    size, tail = 0, b""
    with archive.open(honest) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > left or _is_bomb(size, member.compress_size):
                raise UnsafeArchive
            if xml and any(mark in tail + piece for mark in _MARKS):
                raise UnsafeArchive
            tail = piece[-_OVERLAP:]
    return size
