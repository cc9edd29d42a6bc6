"""Files of text: which encoding they are in, found by reading them, so that a wrong guess cannot pass."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from duijie.tables.problems import TableError
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_COMMON = 0.7
"""Share of everyday characters (GB 2312 punctuation and level 1) below which bytes are not Chinese in GB 18030.

Real text has 0.95 and more; other encodings read as GB 18030 land all over its 70,000 characters.
"""


def encoding_of(path: Path) -> str:
    """Return the encoding ``path`` is in: UTF-8, UTF-8 or UTF-16 with a byte order mark, or GB 18030.

    Raises :class:`TableError` naming the first line that cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    _refuse_binary(path, head)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if line := _first_bad_line(path, encoding):
                raise _undecodable(path, line)
            return encoding
    line = _first_bad_line(path, "utf-8")
    if line is None:
        return "utf-8"
    sample = _sample(path, line)
    if not _is_damaged_utf8(sample) and _is_chinese(sample):
        later = _first_bad_line(path, "gb18030")
        if later is None:
            return "gb18030"
        line = max(line, later)
    raise _undecodable(path, line)


def _refuse_binary(path: Path, head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise TableError(
            say(
                f"{path.name} 其实是 Excel 文件，只是名字以 {path.suffix} 结尾；请用 Excel 打开后另存为 .xlsx 再试。",
                f"{path.name} is an Excel file under a {path.suffix} name; save it as .xlsx in Excel and try again.",
            )
        )
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TableError(
            say(
                f"{path.name} 不是文本文件（里面有空字节）；请另存为“CSV UTF-8”或 .xlsx 再试。",
                f"{path.name} is not a text file (it holds null bytes); save it as “CSV UTF-8” or .xlsx and try again.",
            )
        )


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """Decode all of ``path`` and return the line where that fails, or ``None``."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                whole = error.object[: error.start].decode(error.encoding, "ignore")
                return line + whole.count("\n")
            if not chunk:
                return None


def _sample(path: Path, line: int) -> bytes:
    """Return whole lines of ``path`` from just before ``line``, enough to judge an encoding by."""
    with path.open("rb") as file:
        for _ in range(line - 1):
            file.readline()
        return b"".join(file.readlines(_CHUNK // 8))


def _is_damaged_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    strange = text.count("\ufffd")
    read = sum(character > "\x7f" for character in text) - strange
    return read > strange


def _is_chinese(sample: bytes) -> bool:
    wide = [character for character in sample.decode("gb18030", "replace") if character > "\x7f"][:20_000]
    common = 0
    for character in wide:
        code = character.encode("gb2312", "ignore")
        common += bool(code) and (0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
    return common >= _COMMON * len(wide)


def _undecodable(path: Path, line: int) -> TableError:
    return TableError(
        say(
            f"{path.name} 第 {line} 行有认不出的字符（不是 UTF-8，也不是 GB18030）；"
            "请在 Excel 里另存为“CSV UTF-8”或 .xlsx 再试。",
            f"{path.name}, line {line}: bytes that are neither UTF-8 nor GB18030; save the file as “CSV UTF-8” or "
            ".xlsx and try again.",
        )
    )
