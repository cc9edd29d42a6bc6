from __future__ import annotations

import pytest

from duijie.site.kernel.errors import Forbidden, Invalid, Stale, WrongState
from duijie.site.ledger.models import Entry
from duijie.site.parties import actions
from duijie.site.parties.models import Organisation
from duijie.site.parties.numbers import credit_check

CODE = "91110000600037341L"
pytestmark = pytest.mark.django_db


def register(actor, **values):
    values = {"name": "内蒙古华美稀土有限公司", "kind": "enterprise", "region_id": "150102"} | values
    return actions.register_organisation(actor=actor, **values)


def test_register_writes_one_row_one_entry_one_version(league_officer):
    row = register(league_officer, credit_code=CODE.lower())
    assert row.credit_code == CODE
    assert row.code.startswith("O-")
    assert Entry.objects.get(subject=row.code).verb == "organisation.register"
    assert Organisation.versions.filter(code=row.code).count() == 1


def test_register_outside_ones_region_is_refused(mirror_officer):
    with pytest.raises(Forbidden):
        register(mirror_officer)


def test_partner_elsewhere_in_the_country_is_registered_by_the_home_region(home_officer, league_officer):
    assert register(home_officer, region_id="110108").region_id == "110108"
    with pytest.raises(Forbidden):
        register(league_officer, region_id="110108")


def test_wrong_credit_code_is_refused_beside_its_field(league_officer):
    with pytest.raises(Invalid) as refusal:
        register(league_officer, credit_code=CODE[:-1] + "M")
    assert refusal.value.fields.keys() == {"credit_code"}


def test_credit_code_registered_twice_names_the_organisation_that_has_it(league_officer):
    first = register(league_officer, credit_code=CODE)
    with pytest.raises(Invalid, match=first.code):
        register(league_officer, name="另一个名字有限公司", credit_code=CODE)


def test_credit_code_taken_by_change_is_refused_by_the_database_in_words(league_officer):
    register(league_officer, credit_code=CODE)
    other = register(league_officer, name="另一个名字有限公司")
    with pytest.raises(Invalid) as refusal:
        actions.change_organisation(other, actor=league_officer, to={"credit_code": CODE})
    assert refusal.value.fields.keys() == {"credit_code"}
    assert Organisation.objects.get(pk=other.pk).credit_code is None


def test_many_are_registered_all_or_none(league_officer):
    rows = [{"name": f"单位{n}", "kind": "enterprise", "region_id": "150102"} for n in range(3)]
    assert len({row.code for row in actions.register_organisations(rows, actor=league_officer)}) == 3
    with pytest.raises(Forbidden):
        actions.register_organisations([*rows, rows[0] | {"region_id": "150202"}], actor=league_officer)
    assert Organisation.objects.filter(name="单位0").count() == 1


def test_contact_changes_his_own_organisation_but_not_where_it_belongs(owner, company, stranger):
    actions.change_organisation(company, actor=owner, to={"about": "种业企业"})
    assert Organisation.objects.get(pk=company.pk).about == "种业企业"
    with pytest.raises(Forbidden):
        actions.change_organisation(company, actor=owner, to={"region_id": "150202", "kind": "institute"})
    with pytest.raises(Forbidden):
        actions.change_organisation(company, actor=stranger, to={"about": "改掉"})


def test_officer_does_not_move_an_organisation_out_of_his_region(league_officer, home_officer, company, mirror):
    with pytest.raises(Forbidden):
        actions.change_organisation(company, actor=league_officer, to={"region": mirror})
    actions.change_organisation(company, actor=home_officer, to={"region": mirror})
    assert Organisation.objects.get(pk=company.pk).region_id == mirror.code


def test_change_on_an_old_reading_is_refused(owner, colleague, company):
    old = Organisation.objects.get(pk=company.pk)
    actions.change_organisation(company, actor=colleague, to={"about": "新"})
    with pytest.raises(Stale):
        actions.change_organisation(old, actor=owner, to={"about": "旧"})


def test_contact_data_stay_out_of_the_ledger(owner, company):
    actions.change_organisation(company, actor=owner, to={"contact_phone": "13800001234", "contact_name": "娜仁"})
    assert Organisation.objects.get(pk=company.pk).contact_phone == "13800001234"
    kept = str(list(Entry.objects.values_list("changes", "note")))
    assert "13800001234" not in kept
    assert "contact_phone" in kept
    assert not hasattr(Organisation.versions.model, "contact_phone")


def test_former_names_are_found(owner, company):
    actions.change_organisation(company, actor=owner, to={"former_names": "和信园草业\n 蒙草抗旱 \n和信园草业"})
    for name in ("和信园草业", "蒙草抗旱", company.name):
        assert list(Organisation.objects.named(name)) == [company]
    assert not Organisation.objects.named("草抗旱").exists()


def test_mirrored_organisation_is_not_within_the_league(company, mirror_company, league):
    assert set(Organisation.objects.within(league)) == {company}


def test_signed_out_reader_sees_no_organisation(company, nobody):
    from django.contrib.auth.models import AnonymousUser

    assert not Organisation.objects.visible_to(AnonymousUser()).exists()
    assert Organisation.objects.visible_to(nobody).get() == company


def test_merged_organisation_cannot_be_changed_or_merged_again(home_officer, company, mirror_company, university):
    actions.merge_organisation(company, into=mirror_company, actor=home_officer)
    with pytest.raises(WrongState):
        actions.merge_organisation(company, into=university, actor=home_officer)
    with pytest.raises(WrongState):
        actions.merge_organisation(university, into=company, actor=home_officer)
    with pytest.raises(Forbidden):
        actions.change_organisation(company, actor=home_officer, to={"about": "x"})


def test_name_too_long_or_kind_unknown_is_refused_in_words(league_officer):
    with pytest.raises(Invalid, match="最多 120 个字"):
        register(league_officer, name="长" * 121)
    with pytest.raises(Invalid, match="单位类型"):
        register(league_officer, kind="castle")
    with pytest.raises(Invalid, match="单位名称"):
        register(league_officer, name=" ")


def test_second_credit_code_of_a_merged_organisation_is_free_again(home_officer, league_officer):
    first = "91150102MA0N0H0K0"
    code = first + credit_check(first)
    old = register(league_officer, credit_code=code)
    kept = register(league_officer, name="华美稀土有限责任公司")
    actions.merge_organisation(old, into=kept, actor=home_officer)
    assert Organisation.objects.present().get(credit_code=code) == kept
