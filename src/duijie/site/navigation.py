"""The way around the site: what stands in the bar on top, by the reader's roles. A context processor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from duijie.site.notices.queries import unseen_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

    from duijie.site.parties.scope import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; ``roles`` empty means everybody who has signed in, ``home`` the whole region's only."""

    label: _StrOrPromise
    name: str
    roles: frozenset[str] = frozenset()
    home: bool = False

    def is_open_to(self, scope: Scope) -> bool:
        """Say whether somebody with this scope may go there."""
        return not self.roles or (scope.over_home(*self.roles) if self.home else scope.holds(*self.roles))


@dataclass(frozen=True, slots=True)
class Item:
    """A place as one reader meets it."""

    label: _StrOrPromise
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """One size of the letters."""

    value: str
    label: _StrOrPromise


@dataclass(frozen=True, slots=True)
class Office:
    """What every page says about the site itself."""

    name: _StrOrPromise
    region: str
    sponsor: str
    contact: str
    filing: str
    home: str
    back: str
    search: str
    size_url: str
    text_size: str
    sizes: tuple[Size, ...]
    account: tuple[Item, ...]
    notices: str
    unseen: Callable[[], int]


OFFICERS = frozenset({"admin", "officer", "department"})
PLACES = (
    Place(_("待办"), "desk:desk"),
    Place(_("需求"), "demands:list"),
    Place(_("成果与供给"), "offers:list"),
    Place(_("对接"), "matching:list"),
    Place(_("单位"), "parties:organisations"),
    Place(_("团队"), "parties:teams"),
    Place(_("合作机制"), "parties:mechanisms"),
    Place(_("用户与授权"), "parties:people", OFFICERS | {"contact", "research"}),
    Place(_("导入"), "imports:batches", OFFICERS | {"contact", "research"}),
    Place(_("基础数据"), "registry:home", OFFICERS),
    Place(_("账本"), "ledger:entries", frozenset({"admin", "officer"}), home=True),
)
ACCOUNT = (
    Place(_("我的账号"), "parties:account"),
    Place(_("通知"), "notices:list"),
    Place(_("通知设置"), "notices:settings"),
    Place(_("我的任务"), "kernel:jobs"),
    Place(_("修改密码"), "account_change_password"),
    Place(_("两步验证"), "mfa_index"),
)
SIZES = (Size("normal", _("标准字号")), Size("large", _("大字号")), Size("larger", _("特大字号")))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``office`` and ``navigation``."""
    return {
        "office": SimpleLazyObject(partial(_office, request)),
        "navigation": SimpleLazyObject(partial(_items, request)),
    }


def address(name: str) -> str:
    """Return the address of a page, or nothing where no room answers to that name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _items(request: HttpRequest) -> list[Item]:
    """List the places this reader may enter; the one whose address the present page begins with is current."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    open_places = [(place, address(place.name)) for place in PLACES if place.is_open_to(user.scope)]
    home = address("desk:desk")
    return [
        Item(place.label, url, request.path == url if url == home else request.path.startswith(url))
        for place, url in open_places
        if url
    ]


def _office(request: HttpRequest) -> Office:
    chosen = request.COOKIES.get("size", "")
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return Office(
        name=_("对接"),
        region=_home_region(),
        sponsor=settings.SPONSOR,
        contact=settings.CONTACT,
        filing=settings.FILING,
        home=address("desk:desk") or request.META.get("SCRIPT_NAME", "") + "/",
        back=_back(request),
        search=address("search:results") if signed_in else "",
        size_url=address("size"),
        text_size=chosen if chosen in {size.value for size in SIZES} else "normal",
        sizes=SIZES,
        account=tuple(Item(place.label, url) for place in ACCOUNT if (url := address(place.name))),
        notices=address("notices:list") if signed_in else "",
        unseen=cache(partial(unseen_count, user)),
    )


def _back(request: HttpRequest) -> str:
    """Return the page the reader came from, if it is one of this site's."""
    came = request.META.get("HTTP_REFERER", "")
    if not came:
        return ""
    inside = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if inside else ""


_regions: dict[str, Any] = {}


def _home_region() -> str:
    """Return the home region's name in the reader's language, read once a process: it changes less often than the software."""
    code = settings.HOME_REGION
    if code not in _regions:
        found = apps.get_model("registry", "Region")._default_manager.filter(pk=code).first()
        if found is None:
            return ""
        _regions[code] = found
    return str(_regions[code])
