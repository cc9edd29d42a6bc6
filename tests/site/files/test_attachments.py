"""Attachments: who adds, who downloads, what it leaves on the disk and in the ledger."""

from __future__ import annotations

import errno
import os
import time

import pytest
from django.conf import settings
from django.db import transaction

from duijie.site.files import access, actions, storage
from duijie.site.files.models import Attachment
from duijie.site.kernel.errors import Refusal
from duijie.site.ledger.models import Entry
from duijie.site.offers import actions as offers
from tests.site.files.conftest import PDF, png


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "VAR", tmp_path)


@pytest.fixture
def attached(offer, research_office, upload):
    assert upload(offer, research_office, PDF, "获奖证书.pdf").status_code == 302
    return Attachment.objects.get()


def contents():
    return [path for path in (settings.VAR / "files").rglob("*") if path.is_file()]


def test_file_is_kept_under_its_code_and_sent_back_under_its_title(attached, client_of, research_office):
    answer = client_of(research_office).get(f"/files/{attached.code}/")

    assert b"".join(answer.streaming_content) == PDF
    assert [path.name for path in contents()] == [attached.code]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E8%8E%B7%E5%A5%96%E8%AF%81%E4%B9%A6.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("who", ["stranger", "mirror_officer", "leader", "nobody"])
def test_outsiders_find_no_file(who, attached, client_of, upload, offer, request):
    person = request.getfixturevalue(who)

    assert client_of(person).get(f"/files/{attached.code}/").status_code == 404
    assert client_of(person).get("/files/F-2026-9999/").status_code == 404
    assert upload(offer, person, PDF).status_code == 404
    assert client_of(person).post(f"/files/{attached.code}/withdraw/", {"reason": "x"}).status_code == 404
    assert Attachment.objects.count() == 1


def test_signed_out_readers_are_asked_to_sign_in(attached, client_of, offer):
    assert client_of().get(f"/files/{attached.code}/").status_code == 302
    assert client_of().get(f"/files/attach/offers.offer/{offer.code}/").status_code == 302


def test_kinds_without_attachments_are_missing(client_of, research_office):
    browser = client_of(research_office)
    for kind in ("parties.user", "ledger.entry", "no.such"):
        assert browser.get(f"/files/attach/{kind}/{research_office.code}/").status_code == 404


def test_download_of_what_is_not_public_is_recorded(attached, offer, client_of, research_office):
    browser = client_of(research_office)
    browser.head(f"/files/{attached.code}/")
    browser.get(f"/files/{attached.code}/")

    entry = Entry.objects.get(verb="file.download")
    assert (entry.subject, entry.actor, attached.code in entry.note) == (offer.code, research_office.code, True)


def test_wrong_file_is_said_beside_its_field_and_leaves_nothing(offer, research_office, upload):
    answer = upload(offer, research_office, b"<html><script>alert(1)</script>", "看起来.pdf")

    assert answer.status_code == 422
    assert "不能上传这种文件" in answer.content.decode()
    assert (contents(), Attachment.objects.count()) == ([], 0)


def test_too_large_file_is_refused_and_leaves_nothing(offer, research_office, upload, monkeypatch):
    monkeypatch.setattr(settings, "UPLOAD_BYTES", 100_000)

    for size in (150_000, 1_000_000):
        assert upload(offer, research_office, PDF + b"\0" * size).status_code == 422
    assert (contents(), Attachment.objects.count()) == ([], 0)


def test_same_file_is_taken_once(attached, offer, research_office, upload):
    answer = upload(offer, research_office, PDF, "另一个名字.pdf")

    assert "已经上传过" in answer.content.decode()
    assert Attachment.objects.count() == 1


def test_number_of_attachments_is_limited(attached, offer, research_office, upload, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    assert upload(offer, research_office, png()).status_code == 409


def test_forged_upload_is_refused(offer, research_office):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(research_office, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"file": SimpleUploadedFile("a.pdf", PDF)}
    assert browser.post(f"/files/attach/offers.offer/{offer.code}/", sent).status_code == 403
    assert Attachment.objects.count() == 0


def test_withdrawn_file_is_gone_for_readers_and_kept_for_the_trail(
    attached, offer, client_of, research_office, league_officer
):
    offers.change_offer(offer, to={"about": "x"}, actor=research_office)
    browser = client_of(research_office)
    assert browser.post(f"/files/{attached.code}/withdraw/", {"reason": " "}).status_code == 422
    browser.post(f"/files/{attached.code}/withdraw/", {"reason": "已换成盖章版"})

    attached.refresh_from_db()
    assert (attached.state, attached.reason, attached.path.exists()) == ("withdrawn", "已换成盖章版", True)
    assert browser.get(f"/files/{attached.code}/").status_code == 200
    assert "已撤下 1 个" in browser.get(f"/offers/{offer.code}/").content.decode()


def test_full_disk_is_said_in_words_and_leaves_nothing(offer, research_office, upload, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.shutil, "copyfileobj", full)
    answer = upload(offer, research_office, PDF)

    assert "磁盘满了" in answer.content.decode()
    assert (contents(), Attachment.objects.count()) == ([], 0)


def test_undone_transaction_leaves_no_content(offer, research_office, tmp_path):
    source = tmp_path / "a.pdf"
    source.write_bytes(PDF)
    with pytest.raises(RuntimeError), transaction.atomic(), source.open("rb") as file:
        actions.attach_file(offer, file, name="a.pdf", actor=research_office)
        raise RuntimeError
    assert storage.sweep(before=time.time() + 1) == 1
    assert contents() == []


def test_sweep_removes_only_what_nobody_claims(attached):
    (storage.incoming() / "upload-left").write_bytes(b"half")
    fresh = storage.incoming() / "upload-now"
    fresh.write_bytes(b"half")
    os.utime(storage.incoming() / "upload-left", (0, 0))
    os.utime(attached.path, (0, 0))

    assert storage.sweep() == 1
    assert attached.path.exists()
    assert fresh.exists()


def test_damaged_contents_are_named(attached, client_of, research_office):
    assert list(storage.damaged()) == []
    attached.path.write_bytes(PDF + b"x")
    assert list(storage.damaged()) == [attached.code]
    attached.path.unlink()
    assert client_of(research_office).get(f"/files/{attached.code}/").status_code == 409


def test_rules_refuse_in_the_action_too(offer, stranger, tmp_path):
    source = tmp_path / "a.pdf"
    source.write_bytes(PDF)
    with pytest.raises(Refusal), source.open("rb") as file:
        actions.attach_file(offer, file, name="a.pdf", actor=stranger)


def test_registered_kinds_name_a_page():
    assert access.rules_of("offers.offer").page == "offers:offer"
