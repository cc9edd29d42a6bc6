from __future__ import annotations

import csv
import fcntl
import json


def test_an_index_is_built_told_of_and_checked(duijie_run, small, tmp_path) -> None:
    done = duijie_run("index", "build", tmp_path / "a" / "ix", "--offers", small / "offers.csv", "--encoder", "none")
    assert done.exit_code == 0 and "60 条供给" in done.stdout, done.stderr
    told = duijie_run("index", "info", tmp_path / "a" / "ix", "--check")
    assert "供给：60" in told.stdout and "完好" in told.stdout


def test_offers_are_added_replaced_and_removed(duijie_run, index, tmp_path) -> None:
    with (tmp_path / "more.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["编号", "名称"], ["A-330000-2023-0001", "替换后的题目"], ["N-1", "古籍蚕丝网加固"]]
        )
    done = duijie_run("index", "add", index, tmp_path / "more.csv")
    assert "新增 1 条，更新 1 条；索引现有 61 条" in done.stdout, done.stderr
    done = duijie_run("index", "remove", index, "N-1", "没有的")
    assert "删除了 1 条；索引现有 60 条" in done.stdout and "没有的" in done.stderr
    (tmp_path / "ids.txt").write_text("A-330000-2023-0001\n\nA-330000-2022-0002\n", "utf-8")
    assert "删除了 2 条" in duijie_run("index", "remove", index, "--ids", tmp_path / "ids.txt").stdout
    assert "现在是 1 段" in duijie_run("index", "merge", index).stdout
    assert "已删除、待合并：0" in duijie_run("index", "info", index).stdout


def test_a_folder_that_holds_something_is_not_built_over(duijie_run, small, index) -> None:
    done = duijie_run("index", "build", index, "--offers", small / "offers.csv")
    assert done.exit_code == 2 and "duijie index add" in done.stderr


def test_a_damaged_index_says_to_build_it_anew(duijie_run, small, index) -> None:
    victim = next(index.glob("s*/terms.npy"))
    victim.write_bytes(victim.read_bytes()[:100])
    for command in (
        ("index", "info", index),
        ("index", "remove", index, "x"),
        ("match", "--demands", small / "demands.csv", "--offers", index),
    ):
        done = duijie_run(*command)
        assert done.exit_code == 2 and "已损坏" in done.stderr and "duijie index build" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_an_altered_byte_is_found_by_check(duijie_run, index) -> None:
    victim = next(index.glob("s*/record_bytes.npy"))
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    done = duijie_run("index", "info", index, "--check")
    assert done.exit_code == 2 and "已损坏" in done.stderr


def test_a_manifest_that_is_gone_is_damage(duijie_run, index) -> None:
    (index / "manifest.json").unlink()
    assert "已损坏" in duijie_run("index", "info", index).stderr


def test_a_second_writer_is_told_to_wait(duijie_run, index) -> None:
    with (index / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = duijie_run("index", "remove", index, "A-330000-2023-0001")
    assert done.exit_code == 2 and "等它写完" in done.stderr


def test_ids_may_come_from_no_file_and_no_text(duijie_run, index, tmp_path) -> None:
    assert "找不到文件" in duijie_run("index", "remove", index, "--ids", tmp_path / "no.txt").stderr
    (tmp_path / "ids.txt").write_bytes(b"\xff\xfe\xff")
    assert "UTF-8" in duijie_run("index", "remove", index, "--ids", tmp_path / "ids.txt").stderr


def test_bad_rows_are_written_beside_the_index(duijie_run, tmp_path) -> None:
    (tmp_path / "o.jsonl").write_text('{"id":"a","title":"磁钢"}\n{"id":"b"}\n', "utf-8")
    done = duijie_run(
        "index", "build", tmp_path / "x" / "ix", "--offers", tmp_path / "o.jsonl", "--encoder", "none", "--skip-bad"
    )
    assert done.exit_code == 0, done.stderr
    assert json.loads((tmp_path / "x" / "o.bad.jsonl").read_text("utf-8"))["id"] == "b"


def test_an_index_whose_language_model_is_gone_says_so(duijie_run, index, monkeypatch) -> None:
    from duijie.engine.matching import index as engine

    def gone(*arguments: object) -> None:
        raise FileNotFoundError("/models/zh holds no sentence-transformers model")

    monkeypatch.setattr(engine, "open_encoder", gone)
    done = duijie_run("index", "info", index)
    assert done.exit_code == 2 and "/models/zh" in done.stderr and len(done.stderr.splitlines()) == 1


def test_an_index_of_another_version_says_so(duijie_run, index, monkeypatch) -> None:
    from duijie.engine.matching import index as engine

    def unknown(*arguments: object) -> None:
        raise ValueError("unknown encoder: x")

    monkeypatch.setattr(engine, "open_encoder", unknown)
    assert "这一版读不了" in duijie_run("index", "info", index).stderr
