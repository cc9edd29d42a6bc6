"""The closed lists of the achievement registration form, and of the offers beside it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferKind(models.TextChoices):
    """What is offered."""

    ACHIEVEMENT = "achievement", _("科技成果")
    EXPERTISE = "expertise", _("专长与服务")
    EQUIPMENT = "equipment", _("仪器设备")
    PATENT = "patent", _("专利")


class Stage(models.TextChoices):
    """How far an achievement has come (成果所处阶段)."""

    EARLY = "early", _("初期阶段")
    MIDDLE = "middle", _("中期阶段")
    MATURE = "mature", _("成熟应用阶段")


class Attribute(models.TextChoices):
    """Where an achievement comes from (成果属性)."""

    ORIGINAL = "original", _("原始性创新")
    ABSORBED = "absorbed", _("国外引进消化吸收创新")
    SECONDARY = "secondary", _("国内技术二次开发")


class Mode(models.TextChoices):
    """A way in which it can be had."""

    TRANSFER = "transfer", _("技术转让")
    LICENCE = "licence", _("技术许可")
    EQUITY = "equity", _("作价入股")
    DEVELOPMENT = "development", _("合作开发")
    SERVICE = "service", _("技术服务")
    CONSULTING = "consulting", _("技术咨询")
    SHARING = "sharing", _("开放共享")


class EvidenceKind(models.TextChoices):
    """What proves it."""

    PAPER = "paper", _("论文著作")
    PATENT = "patent", _("专利")
    AWARD = "award", _("科技奖励")
    STANDARD = "standard", _("标准规范")
    APPRAISAL = "appraisal", _("评价鉴定")
    USE = "use", _("应用证明")


class ExitReason(models.TextChoices):
    """Why an offer was withdrawn."""

    TAKEN = "taken", _("已独家转让或许可")
    OUTDATED = "outdated", _("技术已经过时")
    MISTAKEN = "mistaken", _("登记有误")
    UNAVAILABLE = "unavailable", _("不再对外提供")
    OTHER = "other", _("其他原因")
