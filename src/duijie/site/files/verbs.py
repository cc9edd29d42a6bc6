"""What the trail calls what happened to attachments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "file.attach": _("添加附件"),
    "file.withdraw": _("撤下附件"),
    "file.download": _("下载附件"),
}
