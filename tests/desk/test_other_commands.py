from __future__ import annotations

import csv
import json

import pytest

from duijie.engine.matching.model import Model


@pytest.fixture
def judgements(small, tmp_path):
    """Of each small demand some offers, the first few of the table better than the others."""
    with (small / "demands.csv").open(encoding="utf-8", newline="") as file:
        demands = [row["编号"] for row in csv.DictReader(file)]
    with (small / "offers.csv").open(encoding="utf-8", newline="") as file:
        offers = [row["编号"] for row in csv.DictReader(file)]
    path = tmp_path / "j.csv"
    rows = [(d, o, 1 + (i + j) % 4) for i, d in enumerate(demands) for j, o in enumerate(offers[:24])]
    path.write_text("demand,offer,level\n" + "".join(f"{d},{o},{level}\n" for d, o, level in rows), "utf-8")
    return path


def tables(small, judgements, *more):
    return (
        "--demands",
        small / "demands.csv",
        "--offers",
        small / "offers.csv",
        "--judgements",
        judgements,
        "--encoder",
        "none",
        *more,
    )


@pytest.mark.parametrize("folds", ["0", "3"])
def test_evaluation_stands_beside_a_plain_bm25(duijie_run, small, judgements, folds) -> None:
    done = duijie_run("evaluate", *tables(small, judgements, "--folds", folds))
    assert done.exit_code == 0 or "判断太少" in done.stderr, done.stderr
    if done.exit_code == 0:
        assert [line.split()[0] for line in done.stdout.splitlines()[-3:]] == ["nDCG@10", "recall@100", "MRR"]


def test_judgements_of_others_are_refused(duijie_run, small, tmp_path) -> None:
    (tmp_path / "j.csv").write_text("demand,offer,level\nX,Y,4\n", "utf-8")
    done = duijie_run("evaluate", *tables(small, tmp_path / "j.csv"))
    assert done.exit_code == 2 and "对不上" in done.stderr.splitlines()[-1]


def test_without_a_good_offer_nothing_can_be_measured(duijie_run, small, tmp_path) -> None:
    (tmp_path / "j.csv").write_text("demand,offer,level\nD-V,A-330000-2023-0001,1\nD-V,A-330000-2022-0002,2\n", "utf-8")
    done = duijie_run("evaluate", *tables(small, tmp_path / "j.csv"))
    assert done.exit_code == 2 and "至少 2 个判断" in done.stderr.splitlines()[-1]


def test_a_model_is_learned_and_used(duijie_run, match_run, small, judgements, tmp_path) -> None:
    done = duijie_run("learn", *tables(small, judgements, "--out", tmp_path / "new" / "mine.json"))
    assert done.exit_code == 0, done.stderr
    assert Model.from_json((tmp_path / "new" / "mine.json").read_text("utf-8")).name == "mine"
    assert match_run("--model", tmp_path / "new" / "mine.json", "--out", tmp_path / "m.jsonl").exit_code == 0


def test_too_few_judgements_teach_nothing(duijie_run, small, tmp_path) -> None:
    (tmp_path / "j.csv").write_text("demand,offer,level\nD-V,A-330000-2023-0001,4\n", "utf-8")
    done = duijie_run("learn", *tables(small, tmp_path / "j.csv", "--out", tmp_path / "m.json"))
    assert done.exit_code == 2 and "判断太少" in done.stderr
    assert not (tmp_path / "m.json").exists()


@pytest.fixture
def twins(tmp_path):
    text = (
        "公司年产矿用电动轮3200台，连续制动时转子到172 ℃，返修41台反电势掉6%～9%，"
        "求170 ℃带载100小时磁通损失不超过2%的磁钢方案，首批装300台。"
    )
    path = tmp_path / "d.csv"
    path.write_text(
        "编号,名称,内容\n"
        f"D1,矿卡轮边电机跑热后没劲，{'磁钢用铽成本压不下来'},{text}\n"
        f"D2,矿用电动轮磁钢高温退磁,{text.replace('3200', '3500')}\n"
        "D3,焦炉烟囱氮氧化物超标,焦化厂两座6米焦炉，烟气温度190 ℃，现用触媒低温不顶事，氮氧化物要求降到100毫克以下\n",
        "utf-8",
    )
    return path


def test_duplicates_are_shown_with_their_evidence(duijie_run, twins, tmp_path) -> None:
    done = duijie_run("duplicates", twins, "--encoder", "none", "--out", tmp_path / "x.jsonl")
    assert done.exit_code == 0, done.stderr
    assert "1 组疑似重复" in done.stdout and "D1" in done.stdout and "3200台" in done.stdout
    (row,) = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text("utf-8").splitlines()]
    assert (row["group"], row["first"], row["second"]) == (1, "D1", "D2") and row["phrases"] and row["differing"]


def test_duplicates_of_another_file_are_found(duijie_run, twins, tmp_path) -> None:
    lines = twins.read_text("utf-8").splitlines()
    (tmp_path / "old.csv").write_text("\n".join([lines[0], lines[2].replace("D2", "OLD")]) + "\n", "utf-8")
    (tmp_path / "new.csv").write_text("\n".join([lines[0], lines[1], lines[3]]) + "\n", "utf-8")
    done = duijie_run(
        "duplicates", tmp_path / "new.csv", "--against", tmp_path / "old.csv", "--encoder", "none", "--lang", "en"
    )
    assert done.exit_code == 0 and "OLD" in done.stdout and "1 group(s)" in done.stdout


def test_no_duplicates_are_said_to_be_none(duijie_run, small) -> None:
    assert "没有发现疑似重复" in duijie_run("duplicates", small / "demands.csv", "--encoder", "none").stdout


def test_the_demo_does_the_whole_job(duijie_run, index, tmp_path) -> None:
    (tmp_path / "demo").mkdir()
    index.rename(tmp_path / "demo" / "index")  # an earlier run's, which makes way
    done = duijie_run("demo", "--files", "--quick", "--out", tmp_path / "demo")
    assert done.exit_code == 0, done.stderr
    made = {path.name for path in (tmp_path / "demo").iterdir()}
    assert made == {"index", "matches.html", "matches.xlsx", "matches.jsonl", "matches.teams.jsonl", "allocation.xlsx"}
    assert "70 条需求" in done.stdout and "duijie match --demands" in done.stdout
