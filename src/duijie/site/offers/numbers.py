"""The achievement registration number (成果登记号): 3 for the place or department, the year, ``Y``, and 4 digits."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

LENGTH = 12
_NUMBER = re.compile(r"[0-9A-Z]{3}((?:19|20)[0-9]{2})Y[0-9]{4}")


def clean_registration(text: str) -> str:
    """Return the number as the register writes it, or raise ``ValueError`` with a sentence; nothing stays nothing.

    Blanks, hyphens, full-width characters and small letters are how people copy it, and are not errors.
    """
    number = re.sub(r"[\s\-－—]+", "", unicodedata.normalize("NFKC", text)).upper()
    if not number:
        return ""
    if len(number) != LENGTH:
        raise ValueError(_("成果登记号应为 12 位，现有 %(count)s 位，请核对。") % {"count": len(number)})
    if not _NUMBER.fullmatch(number):
        raise ValueError(
            _("成果登记号的构成是：地区或部门代码 3 位、年份 4 位、字母 Y、顺序号 4 位，例如 1502024Y0001。请核对。")
        )
    return number
