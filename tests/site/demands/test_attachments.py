"""Files of a demand: added by who writes it, read by who may read it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from duijie.site.demands import actions
from duijie.site.files.models import Attachment

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_owner_attaches_a_file_that_strangers_cannot_fetch(company, owner, stranger, client_of):
    demand = actions.start_demand(company, title="耐旱甘蓝新品种选育", actor=owner)
    place = reverse("files:attach", args=["demands.demand", demand.code])
    answer = client_of(owner).post(place, {"title": "试验报告", "file": SimpleUploadedFile("报告.pdf", PDF)})
    assert answer.status_code == 302, answer.content.decode()
    file = Attachment.objects.get()
    fetch = reverse("files:download", args=[file.code])
    assert b"".join(client_of(owner).get(fetch).streaming_content) == PDF
    assert client_of(stranger).get(fetch).status_code == 404
    assert "报告.pdf" in client_of(owner).get(reverse("demands:demand", args=[demand.code])).content.decode()
