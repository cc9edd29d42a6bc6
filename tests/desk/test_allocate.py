from __future__ import annotations

import csv
import json

import pytest
from openpyxl import load_workbook

MATCHES = """demand,offer,rank,score,level,team
D1,A1,1,0.9,4,T1
D1,A3,2,0.5,3,T2
D2,A1,1,0.8,4,T1
D2,A2,2,0.2,2,T1
D3,A2,1,0.7,4,T1
D3,A4,2,0.65,3,T2
D4,,,,,
"""


@pytest.fixture
def matches(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(MATCHES, "utf-8")
    return path


def rows_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_teams_are_shared_out_with_the_loss_and_the_reasons(duijie_run, matches, tmp_path) -> None:
    done = duijie_run("allocate", matches, "--capacity", "2", "--out", tmp_path / "a.jsonl")
    assert done.exit_code == 0, done.stderr
    assert (
        "4 条需求中 3 条得到安排" in done.stdout and "总分 2.350；若名额不限为 2.400，因名额有限少 2.08%" in done.stdout
    )
    assert "D3：首选 T1 的 2 个名额给了更需要的 D1、D2" in done.stdout
    rows = rows_of(tmp_path / "a.jsonl")
    assert [(r["demand"], r["team"], r["offer"], r["first_choice"]) for r in rows] == [
        ("D1", "T1", "A1", True),
        ("D2", "T1", "A1", True),
        ("D3", "T2", "A4", False),
        ("D4", None, None, False),
    ]
    assert rows[2]["missed"] == "T1" and "总分要再少 0.350" in rows[2]["why"]


def test_a_file_says_what_each_team_can_take_and_must_get(duijie_run, matches, tmp_path) -> None:
    capacity = tmp_path / "c.csv"
    capacity.write_text("团队编号,可承接数,保底\nT1,3,0\nT2,2,1\n", "utf-8")
    done = duijie_run("allocate", matches, "--capacity", capacity, "--out", tmp_path / "a.jsonl")
    assert done.exit_code == 0, done.stderr
    rows = rows_of(tmp_path / "a.jsonl")
    assert [r["team"] for r in rows] == ["T1", "T1", "T2", None]
    assert "保底" in rows[2]["why"]


def test_a_team_without_a_line_takes_nobody_and_it_is_said(duijie_run, matches, tmp_path) -> None:
    capacity = tmp_path / "c.csv"
    capacity.write_text("团队编号,可承接数\nT2,5\n", "utf-8")
    done = duijie_run("allocate", matches, "--capacity", capacity)
    assert "T1" in done.stderr and "按不承接计" in done.stderr
    assert "首选 T1 这次不承接" in done.stdout


def test_a_file_about_other_teams_is_refused(duijie_run, matches, tmp_path) -> None:
    capacity = tmp_path / "c.csv"
    capacity.write_text("团队编号,可承接数\nX,5\n", "utf-8")
    done = duijie_run("allocate", matches, "--capacity", capacity)
    assert done.exit_code == 2 and "对不上" in done.stderr


def test_floors_that_cannot_be_met_are_told(duijie_run, matches) -> None:
    done = duijie_run("allocate", matches, "--capacity", "3", "--floor", "3")
    assert done.exit_code == 0 and "保底还差" in done.stdout
    done = duijie_run("allocate", matches, "--capacity", "1", "--floor", "2")
    assert done.exit_code == 2 and "保底 2 大于容量 1" in done.stderr


def test_more_than_one_may_be_wanted(duijie_run, matches, tmp_path) -> None:
    duijie_run("allocate", matches, "--capacity", "3", "--wanted", "2", "--out", tmp_path / "a.jsonl")
    assert [(r["demand"], r["team"]) for r in rows_of(tmp_path / "a.jsonl")] == [
        *(("D1", "T1"), ("D1", "T2"), ("D2", "T1"), ("D3", "T1"), ("D3", "T2"), ("D4", None)),
    ]


def test_offers_are_shared_out_where_no_team_is_named(duijie_run, tmp_path) -> None:
    (tmp_path / "m.jsonl").write_text(
        '{"demand":"D1","offer":"A","rank":1,"score":0.9,"level":4}\n{"demand":"D2","offer":"A","rank":1,"score":0.5,"level":1}\n',
        "utf-8",
    )
    done = duijie_run("allocate", tmp_path / "m.jsonl", "--capacity", "1", "--out", tmp_path / "a.csv")
    assert done.exit_code == 0 and "等级是“无”" in done.stderr
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["需求编号"], r["承接方"]) for r in rows] == [("D1", "A"), ("D2", "")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("demand,offer,level\nD,A,4\n", "没有得分"),
        ("demand,offer,verdict\nD,,no match\n", "没有一条可以分配的匹配"),
        ("a,b\n1,2\n", "需求编号"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(duijie_run, tmp_path, content, said) -> None:
    (tmp_path / "m.csv").write_text(content, "utf-8")
    done = duijie_run("allocate", tmp_path / "m.csv", "--capacity", "1", "--out", tmp_path / "a.xlsx")
    assert done.exit_code == 2 and said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_of_matches_goes_in_and_one_comes_out(match_run, duijie_run, small, tmp_path, language) -> None:
    match_run("--teams", small / "teams.csv", "--out", tmp_path / "m.xlsx", "--lang", language)
    done = duijie_run(
        *("allocate", tmp_path / "m.xlsx", "--capacity", "1", "--out", tmp_path / "a.xlsx", "--lang", language),
        *("--demands", small / "demands.csv", "--teams", small / "teams.csv"),
    )
    assert done.exit_code == 0, done.stderr
    assert not done.stderr.count("没有用到")
    book = load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == 3
    titles = [row[1].value for row in book.worksheets[1].iter_rows(min_row=2)]
    assert titles and all(titles)
