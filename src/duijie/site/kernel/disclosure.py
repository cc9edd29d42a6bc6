"""How far a demand or an offer may be told, in the order from open to closed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Disclosure(models.TextChoices):
    """Who reads what: everybody; title and field only; named recipients; the parties and their officers."""

    PUBLIC = "public", _("公开")
    BLURRED = "blurred", _("脱敏公开（只公开名称和领域）")
    DIRECTED = "directed", _("定向推送（只给指定单位）")
    CONFIDENTIAL = "confidential", _("保密（不对外提供）")
