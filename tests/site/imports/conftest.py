"""A person at the wizard: uploads a sheet, lets the worker work, and looks at the pages."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from duijie.site.imports.models import Batch
from duijie.site.kernel import worker

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

HEAD = [
    "需求单位",
    "需求名称",
    "需求类型",
    "技术领域",
    "要解决的技术问题",
    "总预算（万元）",
    "要求完成时间",
    "联系人",
    "联系电话",
]
GOOD = [
    "蒙草种业有限公司",
    "种薯低损伤分级装备",
    "联合研发",
    "农业",
    "人工分级损伤率高。",
    "３００",
    "2027年6月30日",
    "娜仁",
    "0471-1",
]


def demand(**change: Any) -> list[Any]:
    """A good row, some cells changed: by the header's beginning."""
    row = list(GOOD)
    for name, value in change.items():
        row[next(place for place, header in enumerate(HEAD) if header.startswith(name))] = value
    return row


def workbook(*rows: list[Any], head: list[str] | None = None, change: Any = None) -> bytes:
    book = Workbook()
    page = book.active
    page.append(head or HEAD)
    for row in rows:
        page.append(row)
    if change:
        change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


class Wizard:
    """One person's browser."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def upload(self, content: bytes, name: str = "需求.xlsx", noun: str = "demands") -> HttpResponse:
        file = SimpleUploadedFile(name, content)
        return self.client.post(reverse("imports:upload", args=[noun]), {"file": file})

    def begin(self, content: bytes, name: str = "需求.xlsx", noun: str = "demands") -> Batch:
        answer = self.upload(content, name, noun)
        assert answer.status_code == 302, words(answer)
        return Batch.objects.latest("created_at")

    def map(self, batch: Batch, **chosen: str) -> HttpResponse:
        mapping = {**batch.mapping, **chosen}
        data = {f"column-{place}": mapping.get(header, "") for place, header in enumerate(batch.headers)}
        return self.post("map", batch, **data)

    def post(self, step: str, batch: Batch, **data: str) -> HttpResponse:
        answer = self.client.post(reverse(f"imports:{step}", args=[batch.code]), data)
        worker.work_off()
        batch.refresh_from_db()
        return answer

    def page(self, batch: Batch, name: str = "batch", **headers: str) -> HttpResponse:
        return self.client.get(reverse(f"imports:{name}", args=[batch.code]), headers=headers)

    def check(self, content: bytes, name: str = "需求.xlsx", noun: str = "demands") -> Batch:
        batch = self.begin(content, name, noun)
        self.map(batch)
        return batch

    def bring(self, content: bytes, name: str = "需求.xlsx", noun: str = "demands") -> Batch:
        batch = self.check(content, name, noun)
        self.post("confirm", batch)
        return batch


def words(answer: HttpResponse) -> str:
    """What a person reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def wizard(client_of, league_officer, company):
    return Wizard(client_of(league_officer))


@pytest.fixture
def stranger_wizard(client_of, mirror_officer):
    return Wizard(client_of(mirror_officer))
