from __future__ import annotations

import csv
import json

import pytest
from openpyxl import load_workbook
from rich.cells import cell_len

from duijie.tables.read import read_matches


def rows_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_json_lines_hold_one_match_a_row_with_its_reasons(match_run, small, tmp_path) -> None:
    out = tmp_path / "new" / "m.jsonl"
    done = match_run("--out", out, "--teams", small / "teams.csv", "--top", "5")
    assert done.exit_code == 0, done.stderr
    rows = rows_of(out)
    first = rows[0]
    assert list(first)[:5] == ["demand", "offer", "rank", "score", "level"]
    assert first["rank"] == 1 and first["level"] in {1, 2, 3, 4} and first["organisation"]
    assert {"code", "weight", "demand_words", "offer_words", "text"} == set(first["reasons"][0])
    assert sum(r["weight"] for r in first["reasons"]) == pytest.approx(first["score"], abs=1e-4)
    by_demand: dict[str, list[dict]] = {}
    for row in rows:
        by_demand.setdefault(row["demand"], []).append(row)
    assert len(by_demand) == 7
    for some in by_demand.values():
        if some[0]["offer"]:
            assert [row["rank"] for row in some] == list(range(1, len(some) + 1)) and len(some) <= 5
            assert [r["score"] for r in some] == sorted((r["score"] for r in some), reverse=True)


def test_a_demand_too_vague_has_one_row_with_advice(match_run, tmp_path) -> None:
    out = tmp_path / "m.jsonl"
    match_run("--out", out)
    rows = [row for row in rows_of(out) if row["demand"] == "D-V"]
    assert len(rows) == 1
    assert rows[0]["offer"] is None and rows[0]["verdict"] == "too vague"
    assert any("量化指标" in sentence for sentence in rows[0]["advice"])
    assert not any("期限" in sentence for sentence in rows[0]["advice"])  # there is a column for it


def test_a_demand_without_a_credible_offer_has_one_row_with_advice(duijie_run, tmp_path, small) -> None:
    (tmp_path / "d.csv").write_text(
        "id,title,text\nX,古籍善本霉斑虫蛀修复,馆藏明清刻本虫蛀霉变，盼引进蚕丝网与纸浆补洞手艺\n", "utf-8"
    )
    out = tmp_path / "m.jsonl"
    duijie_run(
        "match", "--demands", tmp_path / "d.csv", "--offers", small / "offers.csv", "--encoder", "none", "--out", out
    )
    (row,) = rows_of(out)
    assert row["offer"] is None and row["verdict"] == "no match" and "可信" in row["advice"][0]


def test_teams_stand_beside_with_their_evidence(match_run, small, tmp_path) -> None:
    out = tmp_path / "m.jsonl"
    match_run("--out", out, "--teams", small / "teams.csv", "--top", "2")
    teams = rows_of(tmp_path / "m.teams.jsonl")
    assert teams[0]["kind"] == "team" and teams[0]["rank"] == 1 and teams[0]["organisation"]
    assert all(row["evidence"] for row in teams)
    offers = {row["demand"]: row["offer"] for row in rows_of(out) if row.get("rank") == 1}
    assert all(any(e["offer"] for e in row["evidence"]) for row in teams)
    assert {row["demand"] for row in teams} <= set(offers)


def test_without_explain_no_reasons_are_written(match_run, tmp_path) -> None:
    match_run("--no-explain", "--out", tmp_path / "m.jsonl", "--top", "1")
    assert not any("reasons" in row for row in rows_of(tmp_path / "m.jsonl"))


def test_top_may_be_larger_than_the_corpus(match_run, tmp_path) -> None:
    done = match_run("--no-explain", "--out", tmp_path / "m.jsonl", "--top", "100000")
    assert done.exit_code == 0
    counts: dict[str, int] = {}
    for row in rows_of(tmp_path / "m.jsonl"):
        counts[row["demand"]] = counts.get(row["demand"], 0) + 1
    assert 20 < max(counts.values()) <= 60


def test_csv_says_the_same_as_json_lines(match_run, tmp_path) -> None:
    match_run("--out", tmp_path / "m.jsonl", "--out", tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    rows = rows_of(tmp_path / "m.jsonl")
    assert [(r["需求编号"], r["成果编号"] or None) for r in table] == [(r["demand"], r["offer"]) for r in rows]
    assert {r["结论"] for r in table} == {"匹配", "太笼统"}
    assert "双方都写到" in "".join(r["为什么推荐"] for r in table)


def test_formulas_in_titles_stay_text(duijie_run, small, tmp_path) -> None:
    offers = tmp_path / "o.csv"
    offers.write_text("id,title,text\nA1,=1+1 烧结钕铁硼磁钢晶界扩散,磁钢 铽 牵引电机 高温失磁\n", "utf-8")
    demands = tmp_path / "d.csv"
    demands.write_text(
        "id,title,text\nD1,磁钢高温失磁，晶界扩散减铽,牵引电机磁钢 170 ℃ 失磁，想用烧结钕铁硼晶界扩散\n", "utf-8"
    )
    outs = [tmp_path / "m.csv", tmp_path / "m.xlsx"]
    done = duijie_run(
        "match", "--demands", demands, "--offers", offers, "--encoder", "none", "--out", outs[0], "--out", outs[1]
    )
    assert done.exit_code == 0, done.stderr
    assert "'=1+1" in outs[0].read_text("utf-8-sig")
    cells = [cell for row in load_workbook(outs[1])["匹配"] for cell in row if str(cell.value).startswith("=")]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_a_workbook_reads_well_and_is_ready_to_print(match_run, small, tmp_path) -> None:
    done = match_run("--out", tmp_path / "m.xlsx", "--teams", small / "teams.csv")
    assert done.exit_code == 0, done.stderr
    book = load_workbook(tmp_path / "m.xlsx")
    assert book.sheetnames == ["概览", "匹配", "团队", "未匹配需求"]
    page = book["匹配"]
    assert [cell.value for cell in page[1]][:5] == ["需求编号", "需求名称", "名次", "匹配等级", "得分"]
    assert page.freeze_panes == "C2" and page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToHeight == 0 and page.sheet_properties.pageSetUpPr.fitToPage
    assert {row[3].value for row in page.iter_rows(min_row=2)} <= {"强", "较强", "弱", "无"}
    assert all(row[3].fill.fgColor.rgb != "00000000" for row in page.iter_rows(min_row=2))
    open_demands = {row[0].value: row for row in book["未匹配需求"].iter_rows(min_row=2)}
    assert open_demands["D-V"][2].value == "太笼统" and "补上" in open_demands["D-V"][3].value
    overview = {row[0].value: row[1].value for row in book["概览"].iter_rows() if row[0].value}
    assert overview["需求总数"] == 7


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_can_be_read_again(match_run, small, tmp_path, ending, language) -> None:
    out = tmp_path / f"m.{ending}"
    match_run("--out", out, "--teams", small / "teams.csv", "--lang", language)
    found = [row for row in read_matches(out).rows if row.offer]
    assert found and all(row.score is not None and row.level and row.team for row in found)


def test_a_page_holds_every_demand(match_run, small, tmp_path) -> None:
    done = match_run("--out", tmp_path / "m.html", "--teams", small / "teams.csv")
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "m.html").read_text("utf-8")
    assert page.count("<article") == 7 and "太笼统" in page


def test_the_screen_shows_the_best_with_reasons(match_run) -> None:
    done = match_run()
    assert done.exit_code == 0
    assert "1. " in done.stdout and "双方都写到" in done.stdout and "太笼统" in done.stdout
    assert "7 条需求：" in done.stdout
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= 100


def test_english_speaks_no_chinese_of_its_own(match_run) -> None:
    done = match_run("--lang", "en")
    assert "7 demand(s):" in done.stdout and "too vague" in done.stdout and "双方" not in done.stdout


def test_an_index_gives_the_same_answers_as_its_table(duijie_run, match_run, small, small_index, tmp_path) -> None:
    match_run("--out", tmp_path / "a.jsonl")
    done = duijie_run(
        "match", "--demands", small / "demands.csv", "--offers", small_index, "--out", tmp_path / "b.jsonl"
    )
    assert done.exit_code == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_an_index_keeps_its_encoder(duijie_run, small, small_index) -> None:
    done = duijie_run("match", "--demands", small / "demands.csv", "--offers", small_index, "--encoder", "lsa")
    assert done.exit_code == 2 and "--encoder" in done.stderr


@pytest.mark.parametrize(
    ("given", "prefix"),
    [("地区=150000", "15"), ("region=150200", "1502"), ("地区=包头", "1502"), ("地区=内蒙古自治区", "15")],
)
def test_a_region_stands_for_all_below_it(match_run, small, tmp_path, given, prefix) -> None:
    done = match_run("--filter", given, "--out", tmp_path / "m.jsonl", "--top", "60")
    assert done.exit_code == 0, done.stderr
    found = {row["offer"] for row in rows_of(tmp_path / "m.jsonl") if row["offer"]}
    assert found and all(name.split("-")[1].startswith(prefix) for name in found)


def test_the_same_filter_twice_means_either(match_run, tmp_path) -> None:
    match_run("--filter", "地区=包头", "--filter", "地区=330000", "--out", tmp_path / "m.jsonl", "--top", "60")
    found = {row["offer"].split("-")[1][:2] for row in rows_of(tmp_path / "m.jsonl") if row["offer"]}
    assert found == {"15", "33"}


def test_industries_are_filtered_by_prefix_and_fields_by_name(match_run, tmp_path) -> None:
    done = match_run("--filter", "行业=C39", "--filter", "领域=新材料及其应用", "--out", tmp_path / "m.jsonl")
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("区域=1502", "没有“区域”这种筛选，是不是“领域”"),
        ("地区", "没有写值"),
        ("地区=990000", "没有一条供给的地区是“990000”"),
        ("领域=新材料", "最接近的是“新材料及其应用”"),
        ("类型=", "没有写值"),
    ],
)
def test_a_filter_that_fits_nothing_says_what_there_is(match_run, given, said) -> None:
    done = match_run("--filter", given)
    assert done.exit_code == 2
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_advice_names_the_filter_where_one_is_set(match_run, tmp_path) -> None:
    match_run("--filter", "领域=环境保护与资源综合利用", "--out", tmp_path / "m.jsonl")
    advice = [row["advice"] for row in rows_of(tmp_path / "m.jsonl") if not row["offer"]]
    assert advice and all(any("--filter" in sentence for sentence in some) for some in advice)


def test_lsa_answers_too(duijie_run, small, tmp_path) -> None:
    done = duijie_run(
        "match",
        "--demands",
        small / "demands.csv",
        "--offers",
        small / "offers.csv",
        "--encoder",
        "lsa",
        "--out",
        tmp_path / "m.jsonl",
    )
    assert done.exit_code == 0, done.stderr
    assert any(r["code"] == "meaning" for row in rows_of(tmp_path / "m.jsonl") if row["offer"] for r in row["reasons"])
