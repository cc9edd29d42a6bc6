"""The environment's words: wrong ones end the start in a sentence, none of them works by accident."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from duijie.site.configuration import configure
from duijie.site.databases import database
from duijie.site.mailing import mailing


def test_wrong_value_ends_the_start_with_its_name(monkeypatch):
    monkeypatch.setenv("DUIJIE_UPLOAD_MEGABYTES", "many")
    with pytest.raises(SystemExit, match="DUIJIE_UPLOAD_MEGABYTES"):
        configure()


@pytest.mark.parametrize("prefix", ["duijie", "/duijie/"])
def test_prefix_that_is_no_path_is_refused(monkeypatch, prefix):
    monkeypatch.setenv("DUIJIE_PREFIX", prefix)
    with pytest.raises(SystemExit, match="DUIJIE_PREFIX"):
        configure()


def test_secret_is_made_once_and_kept_for_its_owner(monkeypatch, tmp_path):
    monkeypatch.setenv("DUIJIE_VAR", str(tmp_path))
    monkeypatch.delenv("DUIJIE_SECRET_KEY", raising=False)
    first = configure().secret()
    assert len(first) >= 50
    assert configure().secret() == first
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert first not in repr(configure())


def test_database_is_sqlite_with_immediate_transactions_and_full_sync(tmp_path):
    options = database("", var=tmp_path)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_address_is_taken_apart_and_pooled():
    found = database("postgresql://du%40jie:w%2Frd@db.example:5433/region", var=Path())
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("du@jie", "w/rd", "db.example", "5433")
    assert found["NAME"] == "region"
    assert found["OPTIONS"]["pool"]


def test_unknown_kind_of_database_is_refused():
    with pytest.raises(SystemExit, match="mysql"):
        database("mysql://x/y", var=Path())


def test_mail_goes_to_files_without_an_address(tmp_path):
    assert mailing("", var=tmp_path)["EMAIL_FILE_PATH"] == tmp_path / "mail"


def test_mail_address_is_taken_apart():
    found = mailing("smtps://office:a%3Ab@mail.example", var=Path())
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == ("mail.example", 465, True)
    assert found["EMAIL_HOST_PASSWORD"] == "a:b"


def test_unknown_way_of_mail_is_refused():
    with pytest.raises(SystemExit, match="DUIJIE_MAIL_URL"):
        mailing("pigeon://tower", var=Path())
