"""A person with an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions

if TYPE_CHECKING:
    from duijie.site.parties.scope import Scope


class UserQuerySet(RecordedQuerySet):
    """Which accounts."""

    def get_by_natural_key(self, username: str) -> User:
        """Return the account with exactly this user name: what the sign-in asks for."""
        found: User = self.get(username=username)
        return found

    def active(self) -> Self:
        """Leave out suspended accounts."""
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> Self:
        """Return the accounts whose owner, organisation or grants lie where ``user`` looks after people."""
        scope = user.scope
        if scope.over_home("admin"):
            return self
        looks_after = scope.within("organisation__region", "admin", "officer")
        belongs = Q(pk=user.pk) | Q(organisation__in=scope.of("contact", "research", "department"))
        return self.filter(looks_after | belongs | Q(pk__in=self._granted_within(scope)))

    def _granted_within(self, scope: Scope) -> Any:
        over = scope.within("grants__region", "admin", "officer")
        within = scope.within("grants__organisation__region", "admin", "officer")
        return self.model._base_manager.filter(over | within).values("pk")


class User(Recorded, AbstractBaseUser):
    """Somebody who signs in. What he may do is in his grants; the account itself gives nothing."""

    username = models.CharField(
        _("用户名"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("这个用户名已经有人用了，请换一个。")},
    )
    name = models.CharField(_("姓名"), max_length=40)
    english = models.CharField(_("英文名"), max_length=80, blank=True)
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("工作单位")
    )
    title = models.CharField(_("职务"), max_length=60, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)

    session_round = models.PositiveIntegerField(default=0, editable=False)
    """Part of what a session is signed with: raised, it ends every session of the account."""

    PRIVATE = frozenset({"password", "last_login", "email", "phone", "session_round"})
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: Any = UserQuerySet.as_manager()

    class Meta:
        verbose_name = _("用户")

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        signed = f"{self.password}|{self.session_round}"
        return salted_hmac("duijie.site.parties.User", signed, secret=secret, algorithm="sha256").hexdigest()

    @property
    def signature(self) -> str:
        """Name and organisation, as the trail shows them."""
        return f"{self.name}（{self.organisation.name}）" if self.organisation else self.name

    @property
    def scope(self) -> Scope:
        """What this user may see and do today; read once a request, so a revoked grant acts at the next one."""
        if not hasattr(self, "_scope"):
            from duijie.site.parties.scope import scope_of  # noqa: PLC0415  grants know users

            self._scope = scope_of(self)
        return self._scope


with_versions(User)
