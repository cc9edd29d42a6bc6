"""The name a file came with, as one that can be shown, saved and sent back without harm."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duijie.site.files.models import Media

LONGEST = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_INNER = re.compile(r"\.(?=[A-Za-z]{2,5}$)")


def clean_title(name: str, media: Media) -> str:
    """Return ``name`` without folders, controls and marks that turn text round, ending in what the content is.

    ``../a/报告.pdf.exe`` that is a PDF becomes ``报告_pdf.pdf``; a name of nothing but marks becomes ``附件.pdf``.
    """
    last = re.split(r"[/\\]", name)[-1]
    letters = (
        " " if sign.isspace() else sign for sign in last if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    plain = " ".join(_FORBIDDEN.sub("_", "".join(letters)).split()).strip(". ")
    stem = _INNER.sub("_", _ENDING.sub("", plain)).strip(". ") or "附件"
    return stem[: LONGEST - len(media.ending)].rstrip(". ") + media.ending
