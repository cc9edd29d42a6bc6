"""What people call what happens to a batch."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "batch.upload": _("上传表格"),
    "batch.check": _("指定列名并核对"),
    "batch.checked": _("核对完毕"),
    "batch.again": _("重新指定列名"),
    "batch.confirm": _("确认导入"),
    "batch.import": _("导入数据"),
    "batch.fail": _("没有办成"),
    "batch.take_back": _("决定撤销"),
    "batch.undo": _("撤销"),
    "batch.discard": _("放弃"),
}
