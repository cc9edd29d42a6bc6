"""The doctor: each thing that can be wrong is said, with what to do; a sound installation gets no advice."""

from __future__ import annotations

import re
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from duijie.site.kernel import clock
from duijie.site.kernel.models import Worker
from duijie.site.ledger.actions import create
from duijie.site.operations import doctor, readiness, translations
from duijie.site.operations.doctor import Level

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def sound(db, settings, tmp_path, monkeypatch):
    """An installation with nothing to mend."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir(mode=0o750)
    (settings.VAR / "secret").touch(mode=0o600)
    settings.SECRET_KEY = "k" * 50
    settings.STATICFILES_DIRS = [(f"vendor/{name}", "x") for name in ("tabler", "htmx", "echarts")]
    settings.ALLOWED_HOSTS = ["localhost"]
    monkeypatch.setattr(readiness, "pending_migrations", list)
    monkeypatch.setattr(translations, "stale", list)
    monkeypatch.setattr(readiness, "knock", lambda: None)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _place: Usage(1 << 40, 0, 1 << 39))
    now = clock.now()
    Worker.objects.create(name="worker", host="h", started_at=now, beat_at=now)
    return settings


def advice():
    """What is wrong or weak, as words, and that each says what to do."""
    found = [one for one in doctor.examine() if one.level in {Level.WRONG, Level.WEAK}]
    assert all(one.advice for one in found)
    return [f"{one.level.name} {one.what}" for one in found if "fsync" not in one.what]


def test_sound_installation_needs_nothing(sound):
    assert advice() == []
    assert list(doctor.lines_of(doctor.examine()))[-1].startswith(("0 处有误", "1 处有误"))


def test_database_that_is_away_is_said_and_the_rest_still_looked_at(sound, monkeypatch):
    def away():
        raise DatabaseError("connection refused\nIs the server running?")

    monkeypatch.setattr(readiness, "knock", away)
    sound.DEBUG = True
    found = advice()
    assert found[0] == "WRONG 数据库：连不上（connection refused）"
    assert any("调试" in one for one in found)
    assert not doctor.is_well(doctor.examine())


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"synchronous": "1"}, "synchronous=1"),
        ({"synchronous": "0"}, "synchronous=0"),
        ({"journal_mode": "wal"}, "WAL"),
    ],
)
def test_sqlite_that_may_lose_or_corrupt_data_is_said(sound, monkeypatch, shown, said):
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite")
    sane = {"journal_mode": "truncate", "synchronous": "2", **shown}
    monkeypatch.setattr(doctor, "_pragma", lambda _cursor, name: sane[name])
    monkeypatch.setattr(doctor.sqlite3, "sqlite_version_info", (3, 40, 1))
    assert [one for one in advice() if said in one]


def test_wal_of_a_sound_sqlite_is_fine(sound, monkeypatch):
    monkeypatch.setattr(doctor, "_pragma", lambda _cursor, name: {"journal_mode": "wal", "synchronous": "2"}[name])
    monkeypatch.setattr(doctor.sqlite3, "sqlite_version_info", (3, 51, 3))
    assert advice() == []


def test_waiting_migrations_are_said(sound, monkeypatch):
    monkeypatch.setattr(readiness, "pending_migrations", lambda: ["kernel.0002_more"])
    assert advice() == ["WRONG 数据库：有 1 步升级没有执行（kernel.0002_more 等）"]


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_cache_of_each_process_alone_is_said(sound, backend):
    sound.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "x"}}
    assert advice() == ["WRONG 缓存：各进程各记各的，登录锁定形同虚设"]


def test_missing_cache_table_is_said(sound):
    sound.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "not_there"}}
    assert advice() == ["WRONG 缓存：表还没有建"]


def test_missing_worker_is_said(sound):
    Worker.objects.update(beat_at=clock.now() - Worker.LOST - timedelta(seconds=1))
    assert [one for one in advice() if one.startswith("WEAK 后台：没有运行")]


def test_ledger_that_is_not_sealed_is_said(sound, company):
    assert advice() == []
    with clock.told(clock.now() - timedelta(days=3)):
        from duijie.site.parties.models import Organisation

        old = Organisation(code="O-1999-0001", name="旧单位", kind="enterprise", region_id="150102")
        create(old, actor=None, verb="organisation.register")
    assert [one for one in advice() if "还没有封存" in one]


def test_short_secret_is_said(sound):
    sound.SECRET_KEY = "secret"
    assert advice() == ["WRONG 密钥：太短，容易被猜出"]


def test_secret_that_others_can_read_is_said(sound):
    (sound.VAR / "secret").chmod(0o644)
    assert [one for one in advice() if "别人也能读" in one]


def test_folder_that_is_not_there_is_said(sound):
    sound.VAR = sound.VAR / "gone"
    assert [one for one in advice() if "不能写" in one]


def test_folder_open_to_others_is_said(sound):
    sound.VAR.chmod(0o755)
    assert [one for one in advice() if "其他人也能进入" in one]


@pytest.mark.parametrize(("free", "level"), [(500 << 20, "WEAK"), (10 << 20, "WRONG")])
def test_disk_nearly_full_is_said(sound, monkeypatch, free, level):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _place: Usage(1, 1, free))
    assert [one for one in advice() if one.startswith(f"{level} 磁盘：只剩")]


def test_missing_page_parts_are_said(sound):
    sound.STATICFILES_DIRS = [("vendor/tabler", "x")]
    assert advice() == ["WRONG 页面组件：缺 htmx、echarts，页面没有样式"]


def test_translations_not_compiled_are_said(sound, monkeypatch):
    monkeypatch.setattr(translations, "stale", lambda: [Path("django.po")])
    assert advice() == ["WEAK 译文：1 份没有编译，英文界面会夹杂中文"]


def test_debugging_is_said(sound):
    sound.DEBUG = True
    assert advice() == ["WRONG 调试：DUIJIE_DEBUG 开着，出错页会泄露内部信息"]


def test_any_host_is_said(sound):
    sound.ALLOWED_HOSTS = ["*"]
    assert [one for one in advice() if "任何域名" in one]


def test_public_host_without_https_is_said(sound):
    sound.ALLOWED_HOSTS = ["duijie.example.cn"]
    sound.SESSION_COOKIE_SECURE = False
    assert [one for one in advice() if "HTTPS" in one]
    sound.SESSION_COOKIE_SECURE = True
    assert advice() == []


def test_clock_of_the_last_century_is_said(sound, monkeypatch):
    monkeypatch.setattr(doctor.time, "time", lambda: 0.0)
    assert [one for one in advice() if "不可能" in one]


def test_optional_things_are_notes_only(sound, monkeypatch):
    monkeypatch.setattr(doctor, "_extras", lambda: [("Pango", False, "生成 PDF 要用")])
    assert [one.level for one in doctor.look_at_extras()] == [Level.NOTE]
    assert doctor.is_well(list(doctor.look_at_extras()))


def test_doctor_of_an_empty_place_ends_with_a_failure_and_what_to_do(run):
    code, said = run("doctor")
    assert code == 1
    assert "duijie migrate" in said
    assert re.search(r"[1-9]\d* 处有误", said)
    assert "Traceback" not in said
