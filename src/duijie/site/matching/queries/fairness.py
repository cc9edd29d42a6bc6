"""Whether what institutions get agrees with what they have: shares, words for them, and one figure for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.functional import _StrOrPromise

    from duijie.site.kernel.parts import Tone

FEW, MANY = 2 / 3, 3 / 2
"""Below and above these ratios of the share got to the share of supply it is too little and too much."""
LEAST_EXPECTED = 5.0
"""A ratio is not judged where fewer are to be expected: chance alone would decide it."""
SMALL_SUPPLY = 3
"""An institution with at most so many offers and teams is small."""
TOP = 5

WORDS: dict[str, _StrOrPromise] = {
    "few": gettext_lazy("偏少"),
    "even": pgettext_lazy("share", "相当"),
    "many": gettext_lazy("偏多"),
    "sample": gettext_lazy("样本小"),
}
TONES: dict[str, Tone] = {"few": "warning", "even": "success", "many": "info", "sample": ""}


def balance(got: int, whole: int, share: float) -> str:
    """Say how ``got`` of ``whole`` stands to a share of supply: a key of :data:`WORDS`, or nothing to be said.

    Expected is ``share × whole``; the ratio ``got / expected`` is judged where at least five are expected.
    """
    expected = share * whole
    if not expected:
        return ""
    if expected < LEAST_EXPECTED:
        return "sample"
    ratio = got / expected
    return "few" if ratio < FEW else "many" if ratio > MANY else "even"


def gini(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Return the Gini coefficient of times shown over supply; ``pairs`` are (supply, shown), those without supply left out.

    Twice the area between the Lorenz curve (cumulated shown over cumulated supply, from least to most shown per supply)
    and the diagonal: 0 if everybody is shown in proportion to supply, near 1 if a few get everything. None where there is
    nothing to compare.
    """
    known = sorted(((supply, shown) for supply, shown in pairs if supply), key=lambda pair: pair[1] / pair[0])
    supplied, shown = sum(pair[0] for pair in known), sum(pair[1] for pair in known)
    if len(known) < 2 or not shown:
        return None
    area, before = 0.0, 0
    for supply, times in known:
        area += supply * (before + before + times)
        before += times
    return max(0.0, 1.0 - area / (supplied * shown))


@dataclass(frozen=True, slots=True)
class Concentration:
    """How far the shown stand together: the Gini coefficient, and what the five most shown have and get, in percent."""

    gini: float | None
    top: int
    top_shown: float
    top_supply: float


def concentration(pairs: Sequence[tuple[int, int]]) -> Concentration:
    """Return the figures of (supply, shown) of every institution."""
    most = sorted(pairs, key=lambda pair: -pair[1])[:TOP]
    shares = [percent(sum(one[at] for one in most), sum(one[at] for one in pairs)) for at in (1, 0)]
    return Concentration(gini(pairs), len(most), *shares)


def percent(part: int, whole: int) -> float:
    """Return a share in percent, 0 of nothing."""
    return 100 * part / whole if whole else 0.0
