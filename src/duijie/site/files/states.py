"""Where an attachment stands: kept, or taken back and kept for the trail."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Present, or withdrawn by somebody with a reason."""

    PRESENT = "present", _("有效")
    WITHDRAWN = "withdrawn", _("已撤下")


NEXT: dict[str, tuple[str, ...]] = {State.PRESENT: (State.WITHDRAWN,), State.WITHDRAWN: ()}
