"""Where an offer stands, and where it may go from there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """The path of an offer, in order; the last three are exits."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", pgettext_lazy("state", "退回修改")
    REVIEWED = "reviewed", _("已审核入库")
    PUBLISHED = "published", _("已发布")
    EXPIRED = "expired", _("已过有效期")
    WITHDRAWN = "withdrawn", _("已撤回")
    MERGED = "merged", _("已合并")


NEXT: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.SUBMITTED, State.WITHDRAWN),
    State.SUBMITTED: (State.RETURNED, State.REVIEWED, State.WITHDRAWN, State.MERGED),
    State.RETURNED: (State.SUBMITTED, State.WITHDRAWN),
    State.REVIEWED: (State.PUBLISHED, State.RETURNED, State.EXPIRED, State.WITHDRAWN, State.MERGED),
    State.PUBLISHED: (State.REVIEWED, State.RETURNED, State.EXPIRED, State.WITHDRAWN, State.MERGED),
    State.EXPIRED: (State.REVIEWED, State.RETURNED, State.WITHDRAWN, State.MERGED),
    State.WITHDRAWN: (State.DRAFT,),
    State.MERGED: (),
}
"""A published offer that its owner takes back to revise is ``returned``: it is reviewed again before anybody reads it."""

EDITABLE = (State.DRAFT, State.RETURNED)
"""Where the owner writes."""

ON_OFFER = (State.REVIEWED, State.PUBLISHED)
"""Where it can be had: checked by an officer, and not gone."""

DAYS: dict[str, int] = {State.SUBMITTED: 10, State.RETURNED: 20}
"""Working days after which a step is overdue."""
