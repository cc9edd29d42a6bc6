"""The samples are whole, valid, and plainly invented."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LEAGUES = {"1501", "1502", "1503", "1504", "1505", "1506", "1507", "1508", "1509", "1522", "1525", "1529"}


def rows(name):
    with (files("duijie.samples") / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def credit_code_is_valid(code):
    """GB 32100-2015."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return len(code) == 18 and ALPHABET[(31 - total % 31) % 31] == code[17]


def test_there_are_as_many_as_promised():
    assert {n: len(rows(n)) for n in ("demands", "offers", "teams")} == {"demands": 70, "offers": 600, "teams": 40}
    assert len({r["产业链"] for r in rows("demands")}) == 10


@pytest.mark.parametrize("name", ["demands", "offers", "teams"])
def test_ids_and_titles_are_distinct(name):
    for column in ("编号", "名称"):
        values = [r[column] for r in rows(name)]
        assert len(set(values)) == len(values)


def test_credit_codes_and_places_are_valid():
    for row in rows("demands"):
        assert credit_code_is_valid(row["统一社会信用代码"]), row["单位"]
        assert row["地区"][:4] in LEAGUES, row["地区"]


def test_organisations_are_marked_as_samples():
    for name in ("demands", "teams"):
        assert all(r["单位"].endswith("（样例）") for r in rows(name))


def test_what_is_referred_to_exists():
    ids = {name: {r["编号"] for r in rows(name)} for name in ("demands", "offers", "teams")}
    assert {r["团队"] for r in rows("offers")} == ids["teams"]
    assert {r["demand"] for r in rows("judgements")} <= ids["demands"]
    assert {r["offer"] for r in rows("judgements")} <= ids["offers"]
    assert {r["demand"] for r in rows("rewordings")} <= ids["demands"]


def test_judgements_and_rewordings_are_of_the_kinds_told():
    assert {r["level"] for r in rows("judgements")} == {"1", "2", "3", "4"}
    assert {r["manner"] for r in rows("rewordings")} == {"short", "plain", "typos", "traditional", "english"}
