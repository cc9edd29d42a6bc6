"""What a file is, told from its content: the allow-list, and the refusals of what could do harm."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from duijie.site.files.archives import UnsafeArchive, look_through
from duijie.site.files.models import Media
from duijie.site.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_PIXELS = 100_000_000
"""A scanned A0 sheet at 300 dpi has 140 million; nobody needs one to read a certificate, and each costs 4 bytes."""
_MAIN = {
    b"wordprocessingml.document.main+xml": Media.DOCX,
    b"spreadsheetml.sheet.main+xml": Media.XLSX,
    b"presentationml.presentation.main+xml": Media.PPTX,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_BARE = {0x01, *range(0xD0, 0xD9)}


def recognise(file: IO[bytes]) -> Media:
    """Return what the content is, whatever its name says; raise :class:`Invalid` for what is not taken in.

    The beginning decides, then the whole must hold what the beginning promises. Reads, never executes or renders.
    """
    file.seek(0)
    head = file.read(16)
    if not head:
        raise refused(_("这个文件是空的（0 字节），请重新选择。"))
    if head.startswith(_OLE):
        raise refused(_("这是旧版 Office 文件或设有打开密码。请去掉密码，另存为 .docx、.xlsx 或 .pptx 后再上传。"))
    for beginning, check in _BEGINNINGS.items():
        if head.startswith(beginning):
            file.seek(0)
            return check(file)
    raise refused(_("不能上传这种文件。可以上传 PDF、Word（.docx）、Excel（.xlsx）、PowerPoint（.pptx）、PNG 和 JPG。"))


def refused(sentence: str) -> Invalid:
    """Return the refusal of a file, beside its field."""
    return Invalid(sentence, {"file": sentence})


def _pdf(file: IO[bytes]) -> Media:
    end = file.seek(0, 2)
    file.seek(max(0, end - 4096))
    if b"%%EOF" not in file.read():
        raise refused(_("这个 PDF 不完整，可能没有下载完。请重新打开并另存后再上传。"))
    return Media.PDF


def _office(file: IO[bytes]) -> Media:
    try:
        names, types = look_through(file)
    except UnsafeArchive:
        raise refused(
            _("这个文件解开后过大、结构异常或已损坏，为安全起见没有收下。请用 Office 打开后另存为新文件再上传。")
        ) from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(_("这个文件带有宏，为安全起见没有收下。请另存为不带宏的 .docx、.xlsx 或 .pptx 后再上传。"))
    for main, media in _MAIN.items():
        if main in types:
            return media
    raise refused(_("这是压缩包或不认识的 Office 文件。请另存为 .docx、.xlsx 或 .pptx 后再上传。"))


def _png(file: IO[bytes]) -> Media:
    head = file.read(24)
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise _broken_image()
    _check_pixels(*struct.unpack(">II", head[16:24]))
    return Media.PNG


def _jpeg(file: IO[bytes]) -> Media:
    file.seek(2)
    while True:
        mark = file.read(2)
        if len(mark) < 2 or mark[0] != 0xFF:
            raise _broken_image()
        if mark[1] == 0xFF:
            file.seek(-1, 1)
        elif mark[1] in _SIZES:
            frame = file.read(7)
            if len(frame) < 7:
                raise _broken_image()
            _check_pixels(*struct.unpack(">HH", frame[3:7]))
            return Media.JPEG
        elif mark[1] not in _BARE:
            _skip_segment(file)


def _skip_segment(file: IO[bytes]) -> None:
    length = file.read(2)
    if len(length) < 2 or int.from_bytes(length) < 2:
        raise _broken_image()
    file.seek(int.from_bytes(length) - 2, 1)


def _check_pixels(one: int, other: int) -> None:
    if not one or not other:
        raise _broken_image()
    if one * other > MOST_PIXELS:
        raise refused(
            _("图片太大（%(one)s×%(other)s 像素），最多 %(most)s 万像素。请缩小后再上传。")
            % {"one": one, "other": other, "most": MOST_PIXELS // 10_000}
        )


def _broken_image() -> Invalid:
    return refused(_("这张图片已损坏，打不开。请重新导出后再上传。"))


_BEGINNINGS: dict[bytes, Callable[[IO[bytes]], Media]] = {
    b"%PDF-": _pdf,
    b"PK\x03\x04": _office,
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8\xff": _jpeg,
}
