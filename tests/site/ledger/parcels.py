"""What the tests of the door write: they stand in no room, so their tables are made and emptied by ``conftest``."""

from __future__ import annotations

from typing import Any

from django.db import models

from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    SENT = "sent", "已寄出"
    ARRIVED = "arrived", "已送达"
    LOST = "lost", "遗失"


NEXT: dict[str, set[str]] = {State.DRAFT: {State.SENT}, State.SENT: {State.ARRIVED, State.LOST, State.SENT}}


class ParcelQuerySet(RecordedQuerySet):
    def arrived(self) -> Any:
        return self.filter(state=State.ARRIVED)


class Parcel(Recorded):
    title = models.CharField("名称", max_length=40)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    region = models.CharField("地区", max_length=6, default="150100")
    weight = models.DecimalField("重量", max_digits=9, decimal_places=2, null=True)
    sent_on = models.DateField("寄出日期", null=True)
    seen_at = models.DateTimeField("看到时间", null=True)
    tags = models.JSONField("标签", default=list)
    fragile = models.BooleanField("易碎", default=False)
    number = models.IntegerField("件数", null=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    inside = models.ForeignKey("self", models.PROTECT, null=True, verbose_name="所在包裹")

    PRIVATE = frozenset({"phone"})
    COUNTED_BY = ("state", "region")
    objects: Any = ParcelQuerySet.as_manager()

    class Meta:
        app_label = "parcels"


with_versions(Parcel)


class ParcelNote(Recorded):
    parcel = models.ForeignKey(Parcel, models.PROTECT, verbose_name="包裹")
    words = models.TextField("文字")

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        app_label = "parcels"


with_versions(ParcelNote)


class Person:
    """Somebody who acts."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.signature = code, name


OWNER = Person("U-1", "娜仁（蒙草种业）")
COLLEAGUE = Person("U-2", "巴特尔（蒙草种业）")


def parcel(code: str = "P-1", **values: Any) -> Parcel:
    return Parcel(code=code, **{"title": "草籽", **values})
