"""Numbers that carry a check: the unified social credit code, ROR and ORCID.

Each ``clean_…`` accepts what people type (spaces, hyphens, full-width characters, lower case, the address form) and gives
the number itself; each ``check_…`` raises :class:`WrongNumber` with one sentence that says which character is wrong. Model,
form, import and API use the same functions.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: digits and capital letters without I, O, S, V and Z."""
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""3^(i-1) mod 31."""
UNIT_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNIT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11714-1997, the organisation code inside the credit code's characters 9 to 17."""
ROR_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u."""

_FILLING = re.compile(r"[\s\-‐-―−_·.,，。]+")
_ROR_ADDRESS = re.compile(r"^(https?://)?(www\.)?ror\.org/", re.IGNORECASE)
_ORCID_ADDRESS = re.compile(r"^(https?://)?(www\.)?orcid\.org/", re.IGNORECASE)


class WrongNumber(ValidationError, ValueError):
    """What is wrong with a number, in one sentence; a form shows it beside the field, an import beside the cell."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="wrong_number")

    def __str__(self) -> str:
        return str(self.messages[0])


def clean_credit_code(given: str) -> str:
    """Return the code as it is printed: capitals, no spaces; what remains wrong is for :func:`check_credit_code`."""
    return _folded(given).upper()


def check_credit_code(code: str) -> None:
    """Refuse what is not a unified social credit code of GB 32100."""
    _check_length(code, 18, _("统一社会信用代码"))
    for place, character in enumerate(code, start=1):
        if character not in CREDIT_ALPHABET:
            raise WrongNumber(
                _("统一社会信用代码第 %(place)s 位“%(character)s”不会出现在代码里（不用字母 I、O、S、V、Z），请核对。")
                % {"place": place, "character": character}
            )
        if 3 <= place <= 8 and not character.isdigit():
            raise WrongNumber(
                _("统一社会信用代码第 3 至 8 位是登记机关的行政区划码，应为数字；第 %(place)s 位现为“%(character)s”。")
                % {"place": place, "character": character}
            )
    expected = credit_check(code[:17])
    if code[17] != expected:
        raise WrongNumber(
            _("统一社会信用代码的末位应为“%(expected)s”，现为“%(found)s”，其中有一位可能抄错，请对照证照核对。")
            % {"expected": expected, "found": code[17]}
        )


def credit_check(first: str) -> str:
    """Return the 18th character of the code that begins with these 17."""
    total = sum(
        CREDIT_ALPHABET.index(character) * weight for character, weight in zip(first, CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def warn_of_credit_code(code: str) -> str:
    """Return a warning where the organisation code inside (characters 9 to 17) fails its own check, else nothing.

    Codes like that were issued, so it is never an error.
    """
    expected = unit_check(code[8:16])
    if code[16] == expected:
        return ""
    return _(
        "统一社会信用代码第 9 至 17 位（主体标识码）的校验位通常为“%(expected)s”，现为“%(found)s”。少数证照如此，请对照核对。"
    ) % {"expected": expected, "found": code[16]}


def unit_check(first: str) -> str:
    """Return the ninth character of the organisation code that begins with these eight."""
    total = sum(UNIT_ALPHABET.index(character) * weight for character, weight in zip(first, UNIT_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def clean_ror(given: str) -> str:
    """Return the nine characters of a ROR id given bare or as an address."""
    return _folded(_ROR_ADDRESS.sub("", _narrow(given).strip())).lower()


def check_ror(ror: str) -> None:
    """Refuse what is not a ROR id: 0, six characters of Crockford's base 32, two check digits."""
    _check_length(ror, 9, _("ROR 编号"))
    if ror[0] != "0":
        raise WrongNumber(_("ROR 编号以 0 开头，现以“%(found)s”开头，请核对。") % {"found": ror[0]})
    for place, character in enumerate(ror, start=1):
        if character not in (ROR_ALPHABET if place <= 7 else "0123456789"):
            raise WrongNumber(
                _("ROR 编号第 %(place)s 位“%(character)s”有误：前 7 位不用字母 i、l、o、u，末两位是数字。")
                % {"place": place, "character": character}
            )
    expected = ror_check(ror[:7])
    if ror[7:] != expected:
        raise WrongNumber(
            _("ROR 编号的末两位应为“%(expected)s”，现为“%(found)s”，请核对。")
            % {"expected": expected, "found": ror[7:]}
        )


def ror_check(first: str) -> str:
    """Return the last two digits of the ROR id that begins with these seven characters (ISO 7064 mod 97-10)."""
    value = 0
    for character in first:
        value = value * 32 + ROR_ALPHABET.index(character)
    return f"{98 - value * 100 % 97:02}"


def clean_orcid(given: str) -> str:
    """Return the ORCID iD in four groups, given bare or as an address."""
    plain = _folded(_ORCID_ADDRESS.sub("", _narrow(given).strip())).upper()
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def check_orcid(orcid: str) -> None:
    """Refuse what is not an ORCID iD: 15 digits and the check character of ISO 7064 mod 11-2."""
    from stdnum.iso7064 import mod_11_2  # noqa: PLC0415  only where a number is checked

    plain = orcid.replace("-", "")
    _check_length(plain, 16, _("ORCID"))
    for place, character in enumerate(plain, start=1):
        if character not in ("0123456789X" if place == 16 else "0123456789"):
            raise WrongNumber(
                _("ORCID 第 %(place)s 位“%(character)s”有误：应为数字，只有末位可以是 X。")
                % {"place": place, "character": character}
            )
    expected = mod_11_2.calc_check_digit(plain[:15])
    if plain[15] != expected:
        raise WrongNumber(
            _("ORCID 的末位应为“%(expected)s”，现为“%(found)s”，请核对。") % {"expected": expected, "found": plain[15]}
        )


def read_number(given: str | None, clean: Callable[[str], str], check: Callable[[str], None]) -> str | None:
    """Return the number that was typed, clean and checked; None where nothing was typed."""
    number = clean(given or "")
    if not number:
        return None
    check(number)
    return number


def read_credit_code(given: str | None) -> str | None:
    """Return the credit code that was typed, or None."""
    return read_number(given, clean_credit_code, check_credit_code)


def read_ror(given: str | None) -> str | None:
    """Return the ROR id that was typed, or None."""
    return read_number(given, clean_ror, check_ror)


def read_orcid(given: str | None) -> str | None:
    """Return the ORCID iD that was typed, or None."""
    return read_number(given, clean_orcid, check_orcid)


def _narrow(given: str) -> str:
    return unicodedata.normalize("NFKC", given)


def _folded(given: str) -> str:
    return _FILLING.sub("", _narrow(given))


def _check_length(number: str, length: int, noun: str) -> None:
    if len(number) != length:
        raise WrongNumber(
            _("%(noun)s应为 %(length)s 位，现为 %(found)s 位，请核对。")
            % {"noun": noun, "length": length, "found": len(number)}
        )
