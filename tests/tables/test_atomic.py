from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from duijie.tables import atomic
from duijie.tables.atomic import atomic_path
from duijie.tables.problems import TableError
from duijie.tables.write import write_rows


def test_the_file_appears_when_it_is_whole(tmp_path) -> None:
    target = tmp_path / "结果.csv"
    with atomic_path(target) as draft:
        draft.write_text("新")
        assert draft.suffix == ".csv"
        assert draft.parent == tmp_path
        assert not target.exists()
    assert target.read_text() == "新"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_after_any_exception_what_was_there_is_there(tmp_path, monkeypatch, error) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    target = tmp_path / "a.csv"
    target.write_text("旧")

    def rows():
        yield ["1"]
        raise error

    for name in ("a.csv", "a.jsonl", "a.xlsx"):
        with pytest.raises(error):
            write_rows(tmp_path / name, ["编号"], rows())
    scratch.rmdir()
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text() == "旧"


def test_the_mode_of_a_file_replaced_is_kept(tmp_path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("旧")
    target.chmod(0o640)
    write_rows(target, ["编号"], [])
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path) -> None:
    (tmp_path / "real.csv").write_text("旧")
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    write_rows(link, ["编号"], [])
    assert link.is_symlink()
    assert "编号" in (tmp_path / "real.csv").read_text("utf-8-sig")


def test_a_missing_folder_and_a_folder_are_named(tmp_path) -> None:
    with pytest.raises(TableError, match="没有文件夹"):
        write_rows(tmp_path / "没有" / "a.csv", ["编号"], [])
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(TableError, match="是文件夹"):
        write_rows(tmp_path / "b.csv", ["编号"], [])


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(TableError, match=r"写不了 .*a\.csv（No space left on device）"):
        write_rows(tmp_path / "a.csv", ["编号"], [["1"]])
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_source_is_not_blamed_on_the_target(tmp_path) -> None:
    def rows():
        yield ["1"]
        (tmp_path / "没有.txt").open()

    with pytest.raises(FileNotFoundError):
        write_rows(tmp_path / "a.csv", ["编号"], rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no such device")
def test_a_device_is_written_to_and_not_replaced() -> None:
    with atomic_path("/dev/null") as draft:
        assert draft == Path("/dev/null")
    assert Path("/dev/null").is_char_device()
