from __future__ import annotations

import pytest

from duijie.site.kernel.errors import Forbidden
from duijie.site.parties import actions
from duijie.site.parties.duplicates import duplicate_pairs, likely_duplicates
from duijie.site.parties.likeness import NEAR, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("包头市华美稀土有限公司", "包头市华美稀土有限责任公司"),
        ("内蒙古蒙草生态环境(集团)股份有限公司", "内蒙古蒙草生态环境集团股份有限公司"),
        ("内蒙古自治区农牧业科学院", "内蒙古农牧业科学院"),
        ("包头市华美稀土新材料有限公司", "包头市华美希土新材料有限公司"),
        ("蒙草生态环境科技有限公司", "蒙草生态环境有限公司"),
        ("鄂尔多斯市中轩生化股份有限公司", "中轩生化有限公司"),
    ],
)
def test_names_of_the_same_body_are_alike_both_ways(one, other):
    assert likeness(one, other) >= NEAR
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("内蒙古工业大学", "内蒙古农业大学"),
        ("呼和浩特市第一中学", "呼和浩特市第二中学"),
        ("包头市农牧局", "呼和浩特市农牧局"),
        ("中国农业大学", "中国农业科学院"),
        ("山西师范大学", "陕西师范大学"),
        ("蒙牛乳业一分公司", "蒙牛乳业二分公司"),
    ],
)
def test_names_of_different_bodies_are_not(one, other):
    assert likeness(one, other) < NEAR


@pytest.mark.django_db
def test_entry_is_warned_of_the_same_number_name_and_former_name(found):
    first = found("内蒙古华美稀土有限公司", credit_code="91110000600037341L", former_names="和发稀土有限公司")
    found("包头钢铁有限公司")
    for asked in (
        {"name": "毫不相干", "credit_code": "91110000600037341L"},
        {"name": "华美稀土有限责任公司"},
        {"name": "和发稀土有限责任公司"},
    ):
        assert [one.organisation for one in likely_duplicates(**asked)] == [first]
    assert likely_duplicates(name="华美稀土有限公司", apart_from=first.code) == []


@pytest.mark.django_db
def test_officer_lists_only_pairs_of_his_region(found, league_officer, mirror_officer, home_officer):
    found("新城华美稀土有限公司")
    found("新城华美稀土有限责任公司")
    found("东河金山种业有限公司", region="150202")
    found("东河金山种业有限责任公司", region="150202")
    assert {pair.into.name for pair in duplicate_pairs(league_officer)} == {"新城华美稀土有限公司"}
    assert {pair.into.name for pair in duplicate_pairs(mirror_officer)} == {"东河金山种业有限公司"}
    assert len(duplicate_pairs(home_officer)) == 2


@pytest.mark.django_db
def test_officer_of_an_empty_region_lists_nothing(found, appoint):
    found("新城华美稀土有限公司")
    found("新城华美稀土有限责任公司")
    assert duplicate_pairs(appoint("田野", "officer", "150300")) == []


@pytest.mark.django_db
def test_pair_judged_distinct_is_not_suggested_again(found, league_officer, owner):
    one, two = found("新城华美稀土有限公司"), found("新城华美稀土有限责任公司")
    with pytest.raises(Forbidden):
        actions.keep_apart(one, two, actor=owner)
    actions.keep_apart(two, one, actor=league_officer)
    assert duplicate_pairs(league_officer) == []
