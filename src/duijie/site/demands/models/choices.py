"""What the demand form lets one choose from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What is asked for."""

    RESEARCH = "research", _("联合研发")
    ACHIEVEMENT = "achievement", _("引进成果")
    TALENT = "talent", _("引进人才团队")
    PLATFORM = "platform", _("共建平台")
    SERVICE = "service", _("检测与咨询")


class Mode(models.TextChoices):
    """The way of cooperating that is wished."""

    COMMISSION = "commission", _("委托开发")
    JOINT = "joint", _("联合开发")
    TRANSFER = "transfer", _("技术转让")
    LICENCE = "licence", _("技术许可")
    CONSULTING = "consulting", _("技术咨询或服务")
    SHARES = "shares", _("技术入股")
    TALENT = "talent", _("人才引进或柔性引才")
    PLATFORM = "platform", _("共建平台")
    OPEN = "open", _("面议")


class Rights(models.TextChoices):
    """Whose the results shall be."""

    OURS = "ours", _("归需求方所有")
    THEIRS = "theirs", _("归研发方所有，需求方有使用权")
    SHARED = "shared", _("双方共有")
    BY_SHARE = "by_share", _("按投入比例约定")
    OPEN = "open", _("面议")


class Source(models.TextChoices):
    """How the demand came to the office."""

    ONLINE = "online", _("单位在线填报")
    SURVEY = "survey", _("征集通知")
    VISIT = "visit", _("走访调研")
    CONFERENCE = "conference", _("对接活动")
    RECOMMENDED = "recommended", _("部门推荐")
    IMPORTED = "imported", _("表格导入")
