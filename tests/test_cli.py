from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from duijie import words
from duijie.cli import app

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "编号,名称,内容\nA1,烧结钕铁硼晶界扩散,磁钢减铽\nA2,草原补播机,免耕补播\n"


@pytest.fixture(autouse=True)
def chinese():
    before = words.say("zh", "en")
    words.speak("zh")
    yield
    words.speak(before)


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD, "utf-8")
    return path


def refused(done, *said: str) -> None:
    """One sentence on stderr, nothing on stdout, exit code 2."""
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not done.stdout
    for part in said:
        assert part in done.stderr, done.stderr


def bad_files(folder: Path) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Every kind of bad input, with what must be said of it."""

    def text(name: str, content: str | bytes) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def book(name: str, *, formula: bool = False, merged: bool = False) -> Path:
        workbook = Workbook()
        sheet = workbook.active
        sheet.append(["编号", "名称", "内容"])
        sheet.append(["D1", "=A1&B1" if formula else "磁钢退磁", "高温失磁"])
        sheet.append(["D2", None if merged else "焦炉脱硝", "低温"])
        if merged:
            sheet.merge_cells("B2:B3")
        workbook.save(folder / name)
        return folder / name

    def bomb(name: str) -> Path:
        source = book("sound.xlsx")
        with zipfile.ZipFile(source) as sound, zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as spoilt:
            for member in sound.namelist():
                content = sound.read(member)
                spoilt.writestr(member, content + b" " * 40_000_000 if member.endswith("sheet1.xml") else content)
        source.unlink()
        return folder / name

    return {
        "missing": (folder / "没有.csv", ("找不到文件", "没有.csv")),
        "a folder": (folder, ("文件夹",)),
        "wrong ending": (text("d.doc", "编号,名称\n"), ("d.doc", ".xlsx")),
        "old excel": (text("d.xls", "x"), ("另存为 .xlsx",)),
        "unknown columns": (text("columns.csv", "甲,乙\n1,2\n"), ("甲、乙", "名称")),
        "empty": (text("empty.csv", ""), ("empty.csv", "空")),
        "only a header": (text("header.csv", "编号,名称\n"), ("只有表头",)),
        "duplicate ids": (
            text("twins.csv", "编号,名称\nD1,甲醇合成\nD1,煤制烯烃\n"),
            ("第 3 行", "编号", "第 2 行重复"),
        ),
        "empty title": (text("title.csv", "编号,名称\nD1,\nD2,煤制烯烃\n"), ("第 2 行", "名称", "空")),
        "endless text": (
            text("long.csv", f"编号,名称,内容\nD1,煤,{'煤' * 1_000_001}\n"),
            ("第 2 行", "内容", "1,000,001"),
        ),
        "broken encoding": (text("broken.csv", "编号,名称\nD1,煤".encode() + b"\xff\xff\n"), ("broken.csv",)),
        "formula": (book("formula.xlsx", formula=True), ("第 2 行", "名称", "公式")),
        "merged": (book("merged.xlsx", merged=True), ("第 3 行", "名称")),
        "bomb": (bomb("bomb.xlsx"), ("bomb.xlsx",)),
        "no workbook": (text("text.xlsx", "编号,名称\n"), ("不是 Excel 文件",)),
    }


KINDS = (
    *("missing", "a folder", "wrong ending", "old excel", "unknown columns", "empty", "only a header", "duplicate ids"),
    *("empty title", "endless text", "broken encoding", "formula", "merged", "bomb", "no workbook"),
)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory):
    found = bad_files(tmp_path_factory.mktemp("bad"))
    assert set(found) == set(KINDS)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_one_sentence_and_leaves_nothing(run, bad, good, tmp_path, kind) -> None:
    path, said = bad[kind]
    out = tmp_path / "out" / "m.jsonl"
    refused(run("match", "--demands", path, "--offers", good, "--encoder", "none", "--out", out), *said)
    assert not out.parent.exists() or not list(out.parent.iterdir())


@pytest.mark.parametrize("kind", ["missing", "unknown columns", "duplicate ids", "bomb"])
def test_other_commands_refuse_in_the_same_words(run, bad, good, tmp_path, kind) -> None:
    path, said = bad[kind]
    refused(run("index", "build", tmp_path / "ix", "--offers", path), *said)
    refused(run("duplicates", path), *said)
    refused(run("match", "--demands", good, "--offers", path), *said)
    assert not (tmp_path / "ix").exists()


def test_offers_that_are_neither_table_nor_index_are_refused(run, good, tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    refused(run("match", "--demands", good, "--offers", tmp_path / "folder"), "空文件夹", "duijie index build")
    (tmp_path / "folder" / "x").touch()
    refused(run("match", "--demands", good, "--offers", tmp_path / "folder"), "duijie index build")


def test_english_errors_are_english(run, tmp_path) -> None:
    done = run("match", "--demands", tmp_path / "no.csv", "--offers", "x.csv", "--lang", "en")
    refused(done, "there is no file")
    assert done.stderr.isascii()


def test_long_texts_are_read(run, good, tmp_path) -> None:
    (tmp_path / "d.csv").write_text(f"id,title,text\nD1,磁钢减铽,{'磁钢减铽晶界扩散。' * 11_112}\n", "utf-8")
    done = run(
        "match", "--demands", tmp_path / "d.csv", "--offers", good, "--encoder", "none", "--out", tmp_path / "m.csv"
    )
    assert done.exit_code == 0, done.stderr


def test_gb18030_is_read(run, good, tmp_path) -> None:
    (tmp_path / "d.csv").write_text("编号,名称,内容\nD1,烧结钕铁硼晶界扩散减铽,牵引电机磁钢高温失磁\n", "gb18030")
    done = run("match", "--demands", tmp_path / "d.csv", "--offers", good, "--encoder", "none")
    assert done.exit_code == 0 and "烧结钕铁硼晶界扩散减铽" in done.stdout


def test_skip_bad_goes_on_and_writes_the_bad_rows(run, good, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    demands = tmp_path / "in" / "d.csv"
    demands.write_text("编号,名称,内容\nD1,烧结钕铁硼晶界扩散,减铽\nD2,,没有题目\nD1,又一个,重复\n", "utf-8")
    out = tmp_path / "out" / "m.jsonl"
    done = run("match", "--demands", demands, "--offers", good, "--encoder", "none", "--out", out, "--skip-bad")
    assert done.exit_code == 0, done.stderr
    left_out = (out.parent / "d.bad.csv").read_text("utf-8-sig")
    assert "没有题目" in left_out and "第 4 行" in left_out
    assert "跳过了 2 行" in done.stderr and str(out.parent / "d.bad.csv") in done.stderr
    assert {line.split('"')[3] for line in out.read_text("utf-8").splitlines()} == {"D1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("match",), "缺少 --demands"),
        (("match", "--foo"), "没有选项 --foo"),
        (("mach",), "没有命令 mach，是不是"),
        (("match", "--top", "0"), "应不小于 1"),
        (("match", "--top", "x"), "应为整数"),
        (("match", "--top"), "--top 后面要写值"),
        (("match", "--lang", "fr"), "可选 zh 或 en"),
        (("evaluate", "--demands", "d", "--offers", "o", "--judgements", "j", "--folds", "1"), "至少 2 份"),
        (("index", "remove", "nowhere"), "没有给出要删的编号"),
        (("allocate", "m.csv", "--capacity", "2", "--wanted", "0"), "应不小于 1"),
    ],
)
def test_a_mistyped_command_is_one_sentence(run, arguments, said) -> None:
    refused(run(*arguments), said)


def test_help_is_shown_where_nothing_is_asked(run) -> None:
    done = run()
    assert done.exit_code == 2 and "match" in done.stdout and "allocate" in done.stdout


@pytest.mark.parametrize("out", ["m.txt", "m", "m.json"])
def test_an_output_of_unknown_ending_is_refused_before_anything(run, good, tmp_path, out) -> None:
    refused(run("match", "--demands", good, "--offers", good, "--out", tmp_path / out), ".jsonl、.csv、.xlsx、.html")


def test_an_output_never_overwrites_an_input(run, good) -> None:
    refused(run("match", "--demands", good, "--offers", good, "--out", good), "盖掉")
    assert good.read_text("utf-8") == GOOD


def test_an_output_where_no_folder_can_be_is_refused(run, good, tmp_path) -> None:
    refused(run("match", "--demands", good, "--offers", good, "--out", good / "m.csv"), "建不了文件夹")
    (tmp_path / "m.csv").mkdir()
    refused(run("match", "--demands", good, "--offers", good, "--out", tmp_path / "m.csv"), "是文件夹")


def test_an_unknown_encoder_or_model_is_refused(run, good, tmp_path) -> None:
    asked = ("match", "--demands", good, "--offers", good)
    refused(run(*asked, "--encoder", "foo"), "foo", "bundled")
    refused(run(*asked, "--encoder", tmp_path), str(tmp_path))
    refused(run(*asked, "--encoder", "none", "--model", tmp_path / "no.json"), "找不到模型文件")
    (tmp_path / "m.json").write_text('{"a": 1}', "utf-8")
    refused(run(*asked, "--encoder", "none", "--model", tmp_path / "m.json"), "不是排序模型")


def test_ctrl_c_while_writing_leaves_nothing(run, good, tmp_path, monkeypatch) -> None:
    from duijie.desk import match

    whole = match.answer

    def interrupted(*arguments, **options):
        for place, answered in enumerate(whole(*arguments, **options)):
            if place == 1:
                raise KeyboardInterrupt
            yield answered

    monkeypatch.setattr(match, "answer", interrupted)
    outs = [tmp_path / "out" / f"m.{ending}" for ending in ("jsonl", "csv", "xlsx", "html")]
    outs[0].parent.mkdir()
    outs[0].write_text("what was there before", "utf-8")
    options = [part for out in outs for part in ("--out", out)]
    done = run("match", "--demands", good, "--offers", good, "--encoder", "none", *options)
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == "已中断，没有留下写了一半的文件。"
    assert [path.name for path in outs[0].parent.iterdir()] == ["m.jsonl"]
    assert outs[0].read_text("utf-8") == "what was there before"


def test_ctrl_c_while_indexing_leaves_no_index(run, good, tmp_path, monkeypatch) -> None:
    from duijie.engine.matching import index

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "_build_part", interrupted)
    done = run("index", "build", tmp_path / "ix", "--offers", good, "--encoder", "none")
    assert done.exit_code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["good.csv"]


def test_a_full_disk_is_said(run, good, monkeypatch) -> None:
    from duijie.desk import match

    def full(*arguments, **options):
        raise OSError(28, "No space left on device", "/m.jsonl")

    monkeypatch.setattr(match, "indexed", full)
    refused(run("match", "--demands", good, "--offers", good, "--encoder", "none"), "磁盘满了")


def test_a_fault_of_the_program_is_not_hidden(run, good, monkeypatch) -> None:
    from duijie.desk import match

    def broken(*arguments, **options):
        raise RuntimeError("a fault")

    monkeypatch.setattr(match, "indexed", broken)
    done = run("match", "--demands", good, "--offers", good, "--encoder", "none")
    assert isinstance(done.exception, RuntimeError)


def test_help_starts_without_the_engine() -> None:
    asked = "import sys, duijie.cli; sys.exit(bool({'numpy', 'numba', 'rich'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=30)


def test_the_environment_chooses_the_language(tmp_path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "duijie.cli", "match", "--demands", tmp_path / "no.csv", "--offers", "x"],
        capture_output=True,
        text=True,
        env={**os.environ, "DUIJIE_LANG": "en"},
        timeout=60,
        check=False,
    )
    assert said.returncode == 2 and said.stderr.startswith("there is no file")


def test_ctrl_c_ends_a_build_by_many_processes_at_once_and_in_silence(good, tmp_path) -> None:
    rows = "".join(f"B{i},草原补播机 {i},免耕补播\n" for i in range(21_000))
    (tmp_path / "many.csv").write_text("编号,名称,内容\n" + rows, "utf-8")
    command = [sys.executable, "-m", "duijie.cli", "index", "build", tmp_path / "ix"]
    command += ["--offers", tmp_path / "many.csv", "--encoder", "none", "--processes", "2"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as build:
        unfinished = tmp_path / ".ix.unfinished"
        while not unfinished.exists() and build.poll() is None:
            time.sleep(0.02)
        time.sleep(0.4)
        os.killpg(build.pid, signal.SIGINT)
        _, said = build.communicate(timeout=60)
    assert build.returncode == 130
    assert said == "已中断，没有留下写了一半的文件。\n"
    assert {path.name for path in tmp_path.iterdir()} == {"good.csv", "many.csv"}
