"""The room's pages through the browser's door: who gets which answer, and that nothing shows what is not one's own."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from duijie.site.ledger.models import Entry
from duijie.site.parties import actions
from duijie.site.parties.models import Grant, Invitation, Mechanism, Organisation, Team
from duijie.site.registry.models import Field

pytestmark = pytest.mark.django_db
CANARY = "13912345678"


@pytest.fixture
def secretive(company, owner):
    actions.change_organisation(company, actor=owner, to={"contact_phone": CANARY, "contact_name": "娜仁"})
    return company


def page(client, name, *codes, **query):
    return client.get(reverse(f"parties:{name}", args=codes), query)


def text(answer):
    return answer.content.decode()


# -- who gets which answer ---------------------------------------------------------------------------------------------

SIGNED_IN = {"organisations", "teams", "mechanisms", "account", "change_account", "organisation", "team", "mechanism"}


@pytest.fixture
def addresses(company, team, mechanism, owner, league_officer):
    invitation = actions.invite_person(actor=league_officer, name="萨仁", role="contact", place=company)
    return {
        "organisations": (),
        "new_organisation": (),
        "duplicates": (),
        "organisation": (company.code,),
        "change_organisation": (company.code,),
        "merge_organisation": (company.code,),
        "new_team": (company.code,),
        "teams": (),
        "team": (team.code,),
        "change_team": (team.code,),
        "dissolve_team": (team.code,),
        "add_team_member": (team.code,),
        "mechanisms": (),
        "new_mechanism": (),
        "mechanism": (mechanism.code,),
        "change_mechanism": (mechanism.code,),
        "admit_member": (mechanism.code,),
        "appoint": (mechanism.code,),
        "people": (),
        "invite": (),
        "person": (owner.code,),
        "grant": (owner.code,),
        "revoke": (owner.code, owner.grants.get().code),
        "suspend": (owner.code,),
        "invitation": (invitation.code,),
        "account": (),
        "change_account": (),
    }


MAY = {
    "nobody": set(),
    "owner": {"change_organisation", "people", "invite", "person", "grant", "revoke", "invitation"},
    "stranger": {"people", "invite"},
    "mirror_officer": {"new_organisation", "duplicates", "new_mechanism", "people", "invite"},
    "research_office": {"change_team", "dissolve_team", "add_team_member", "people", "invite"},
}


@pytest.mark.parametrize("who", MAY)
def test_what_somebody_may_not_open_is_not_there(who, request, client_of, addresses):
    client = client_of(request.getfixturevalue(who))
    answers = {name: page(client, name, *codes).status_code for name, codes in addresses.items()}
    allowed = SIGNED_IN | MAY[who]
    assert answers == {name: 200 if name in allowed else 404 for name in answers}


def test_home_officer_opens_every_page(home_officer, client_of, addresses):
    client = client_of(home_officer)
    answers = {name: page(client, name, *codes).status_code for name, codes in addresses.items()}
    assert answers == dict.fromkeys(addresses, 200)


def test_signed_out_reader_is_sent_to_sign_in_everywhere(client_of, addresses):
    for name, codes in addresses.items():
        answer = page(client_of(), name, *codes)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login")), name


def test_hidden_and_missing_account_look_alike(stranger, owner, client_of):
    client = client_of(stranger)
    hidden = page(client, "person", owner.code)
    missing = page(client, "person", "U-9999")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    token = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+')
    assert token.sub("", text(hidden)).replace(owner.code, "") == token.sub("", text(missing)).replace("U-9999", "")


# -- what pages show ---------------------------------------------------------------------------------------------------


def test_contact_is_shown_to_its_own_people_and_officers_over_it_only(secretive, request, client_of):
    for who in ("owner", "colleague", "league_officer", "home_officer"):
        assert CANARY in text(page(client_of(request.getfixturevalue(who)), "organisation", secretive.code)), who
    for who in ("stranger", "mirror_officer", "nobody", "research_office", "broker"):
        client = client_of(request.getfixturevalue(who))
        for name, codes in (("organisation", (secretive.code,)), ("organisations", ())):
            assert CANARY not in text(page(client, name, *codes)), who
        assert secretive.name in text(page(client, "organisation", secretive.code))
        assert page(client, "organisations", q=CANARY).context["page"].total == 0


def test_list_of_accounts_holds_only_those_one_looks_after(league_officer, mirror_officer, owner, stranger, client_of):
    shown = text(page(client_of(mirror_officer), "people"))
    assert stranger.name in shown
    assert owner.name not in shown
    assert page(client_of(mirror_officer), "people", q=owner.name).context["page"].total == 0


def test_list_costs_the_same_with_one_row_and_with_many(client_of, league_officer, found, appoint):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(name):
        client = client_of(league_officer)
        page(client, name)
        with CaptureQueriesContext(connection) as queries:
            page(client, name)
        return len(queries)

    names = ("organisations", "teams", "mechanisms", "people")
    first = found("第一家有限公司")
    actions.register_team(actor=None, organisation=first, name="团队0", leader_name="甲")
    few = [cost(name) for name in names]
    for number in range(12):
        more = found(f"第{number}家种业有限公司")
        appoint(f"人{number}", "contact", more)
        actions.register_team(actor=None, organisation=more, name=f"团队{number}", leader_name="甲")
    assert [cost(name) for name in names] == few


def test_filters_narrow_by_words_kind_and_region(client_of, nobody, found):
    found("呼和浩特金河乳业有限公司", short_name="金河", former_names="老金河奶粉厂")
    found("包头钢铁研究院", "institute", region="150202", credit_code="91110000600037341L")

    def names(**query):
        return [row.name for row in page(client_of(nobody), "organisations", **query).context["page"].rows]

    assert names(q="老金河") == ["呼和浩特金河乳业有限公司"]
    assert names(q="9111 0000 6000 37341l") == ["包头钢铁研究院"]
    assert names(kind="institute") == ["包头钢铁研究院"]
    assert names(region="包头市") == ["包头钢铁研究院"]
    assert names(region="不存在的地方")


def test_teams_are_filtered_by_chinese_keyword_field_and_state(client_of, nobody, team, research_office):
    field = Field.objects.values_list("code", flat=True)[0]
    actions.change_team(team, actor=research_office, to={"fields": [field]})

    def found(**query):
        return [row.name for row in page(client_of(nobody), "teams", **query).context["page"].rows]

    assert found(q="脱毒") == [team.name]
    assert found(q="光伏") == []
    assert found(field=field) == [team.name]
    assert found(state="available") == [team.name]
    assert found(state="stale") == []


# -- what forms do -----------------------------------------------------------------------------------------------------


def given(**more):
    return {"name": "内蒙古华美稀土有限公司", "kind": "enterprise", "region": "呼和浩特市新城区"} | more


def test_registering_takes_messy_input(client_of, league_officer):
    client = client_of(league_officer)
    answer = client.post(
        reverse("parties:new_organisation"), given(credit_code=" 9111 0000 6000 37341l ", former_names="甲\n\n甲\n乙")
    )
    row = Organisation.objects.get(name="内蒙古华美稀土有限公司")
    assert answer["Location"] == reverse("parties:organisation", args=[row.code])
    assert (row.credit_code, row.region_id, row.former_names) == ("91110000600037341L", "150102", "甲\n乙")


def test_registering_a_likely_duplicate_asks_first_and_keeps_what_was_typed(client_of, league_officer, found):
    found("内蒙古华美稀土有限责任公司")
    client = client_of(league_officer)
    answer = client.post(reverse("parties:new_organisation"), given(about="写了很久的简介"))
    assert answer.status_code == 422
    assert "内蒙古华美稀土有限责任公司" in text(answer)
    assert "写了很久的简介" in text(answer)
    assert Organisation.objects.count() == 1
    assert client.post(reverse("parties:new_organisation"), given(distinct="on")).status_code == 302


def test_wrong_code_and_unknown_place_are_explained_beside_the_fields(client_of, league_officer):
    answer = client_of(league_officer).post(
        reverse("parties:new_organisation"), given(credit_code="91110000600037341M", region="呼和浩持市")
    )
    assert answer.status_code == 422
    assert "末位应为“L”" in text(answer)
    assert "呼和浩特市" in text(answer)


def test_stale_edit_gets_a_comparison_and_overwrites_nothing(client_of, owner, colleague, company):
    client = client_of(owner)
    form = page(client, "change_organisation", company.code).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"high_tech": ""}
    actions.change_organisation(
        Organisation.objects.get(), actor=colleague, to={"about": "同事写的", "address": "新华大街1号"}
    )
    address = reverse("parties:change_organisation", args=[company.code])
    answer = client.post(address, sent | {"about": "我写的"})
    assert answer.status_code == 409
    assert Organisation.objects.get().about == "同事写的"
    assert {one.label for one in answer.context["differences"]} >= {"简介", "地址"}
    for words in ("同事写的", "我写的", "新华大街1号"):
        assert words in text(answer)
    again = answer.context["form"]
    saved = client.post(
        address, sent | {"about": "商量后写的", "address": "新华大街1号", "revision": again["revision"].value()}
    )
    assert saved.status_code == 302
    assert Organisation.objects.get().about == "商量后写的"


def test_unlisted_fields_are_ignored(client_of, owner, company, mirror_company):
    client = client_of(owner)
    form = page(client, "change_organisation", company.code).context["form"]
    assert not {"kind", "region"} & form.fields.keys()
    sent = {name: form[name].value() or "" for name in form.fields}
    extra = {
        "region": "150202",
        "kind": "government",
        "merged_into": mirror_company.code,
        "code": "O-X",
        "high_tech": "on",
    }
    client.post(reverse("parties:change_organisation", args=[company.code]), sent | extra)
    row = Organisation.objects.get(pk=company.pk)
    assert (row.region_id, row.kind, row.merged_into, row.high_tech) == ("150102", "enterprise", None, True)


def test_merge_is_previewed_by_reading_and_done_by_posting(client_of, league_officer, appoint, company, found):
    double = found("蒙草种业有限责任公司")
    appoint("白云", "contact", double)
    client = client_of(league_officer)
    before = Entry.objects.count()
    answer = page(client, "merge_organisation", double.code, into=company.name)
    assert answer.context["preview"].total == 2
    assert "确认合并" in text(answer)
    assert Entry.objects.count() == before
    done = client.post(
        reverse("parties:merge_organisation", args=[double.code]), {"into": company.code, "note": "重复"}
    )
    assert done["Location"] == reverse("parties:organisation", args=[company.code])
    assert "已合并到" in text(page(client, "organisation", double.code))
    assert double not in page(client, "organisations").context["page"].rows


def test_merge_into_another_region_is_refused_to_a_league_officer(client_of, league_officer, company, mirror_company):
    client = client_of(league_officer)
    answer = client.post(reverse("parties:merge_organisation", args=[company.code]), {"into": mirror_company.code})
    assert answer.status_code == 403
    assert Organisation.objects.get(pk=company.pk).merged_into is None


def test_pair_is_judged_distinct_by_a_button(client_of, league_officer, company, found):
    double = found("蒙草种业有限责任公司")
    client = client_of(league_officer)
    assert double.name in text(page(client, "duplicates"))
    client.post(reverse("parties:keep_apart", args=[company.code, double.code]))
    assert page(client, "duplicates").context["pairs"] == []


def test_team_is_registered_changed_and_confirmed_in_the_browser(client_of, research_office, university):
    client = client_of(research_office)
    fields = list(Field.objects.values_list("code", flat=True)[:2])
    answer = client.post(
        reverse("parties:new_team", args=[university.code]),
        {
            "name": "草原生态团队",
            "leader_name": "高娃",
            "leader_orcid": "https://orcid.org/0000-0002-1825-0097",
            "fields": fields,
            "keywords": "退化草原，补播、 草种",
            "evidence": "论文一\n专利二",
            "capacity": "２",
        },
    )
    team = Team.objects.get()
    assert answer["Location"] == reverse("parties:team", args=[team.code])
    assert (team.keywords, team.evidence, team.capacity) == (["退化草原", "补播", "草种"], ["论文一", "专利二"], 2)
    assert set(team.fields) == set(fields)
    shown = text(page(client, "team", team.code))
    assert "退化草原、补播、草种" in shown
    assert "确认信息无误" in shown
    assert client.post(reverse("parties:confirm_team", args=[team.code])).status_code == 302
    client.post(reverse("parties:add_team_member", args=[team.code]), {"name": "刘洋", "title": "讲师"})
    member = team.members.get()
    client.post(reverse("parties:end_team_member", args=[team.code, member.code]))
    assert team.members.get().valid_to is not None


def test_mechanism_shows_its_members_on_the_day_asked(client_of, home_officer, mechanism, university):
    client = client_of(home_officer)
    sent = {"tier": "8", "organisation": university.name, "since": "2021年3月1日"}
    assert client.post(reverse("parties:admit_member", args=[mechanism.code]), sent).status_code == 302
    sent = {"office": "head", "name": "张书记", "title": "自治区党委书记", "since": "2020-12-01"}
    assert client.post(reverse("parties:appoint", args=[mechanism.code]), sent).status_code == 302
    assert university.name in text(page(client, "mechanism", mechanism.code))
    before = page(client, "mechanism", mechanism.code, on="2021-02-28")
    assert university.name not in text(before)
    assert "张书记" in text(before)
    assert before.context["page"].on == date(2021, 2, 28)
    both = {"tier": "N", "organisation": university.name, "region": "北京市"}
    assert client.post(reverse("parties:admit_member", args=[mechanism.code]), both).status_code == 422
    client.post(reverse("parties:release_member", args=[mechanism.code, mechanism.members.get().code]))
    client.post(reverse("parties:relieve", args=[mechanism.code, mechanism.lead_group.get().code]))
    now = page(client, "mechanism", mechanism.code).context["page"]
    assert (now.tiers, now.heads) == ([], [])


def test_mechanism_is_founded_and_changed_in_the_browser(client_of, home_officer):
    client = client_of(home_officer)
    sent = {"name": "“1+1”厅际协同", "kind": "paired", "region": "内蒙古", "valid_from": "2020.11.20"}
    client.post(reverse("parties:new_mechanism"), sent)
    row = Mechanism.objects.get()
    assert row.region_id == "150000"
    wrong = client.post(
        reverse("parties:change_mechanism", args=[row.code]),
        sent | {"valid_to": "2019-01-01", "revision": row.revision},
    )
    assert wrong.status_code == 422


def test_invitation_is_sent_shown_renewed_and_withdrawn(client_of, league_officer, mirror_officer, company, mailoutbox):
    client = client_of(league_officer)
    sent = {"name": "萨仁", "role": "contact", "organisation": company.name, "email": "saren@example.com"}
    answer = client.post(reverse("parties:invite"), sent)
    invitation = Invitation.objects.get()
    assert answer["Location"] == reverse("parties:invitation", args=[invitation.code])
    [letter] = mailoutbox
    shown = text(client.get(answer["Location"]))
    [link] = re.findall(r'value="(http://[^"]+)"', shown)
    assert link in letter.body
    assert invitation.home == company
    assert page(client_of(mirror_officer), "invitation", invitation.code).status_code == 404
    client.post(reverse("parties:renew_invitation", args=[invitation.code]))
    assert client.get(link).status_code == 410
    client.post(reverse("parties:withdraw_invitation", args=[invitation.code]))
    assert Invitation.objects.get().state == "withdrawn"


def test_form_refuses_a_role_over_the_wrong_sort_of_place(client_of, admin, company, nobody):
    client = client_of(admin)
    for role, place in (
        ("officer", {"organisation": company.name}),
        ("contact", {"region": "呼和浩特市"}),
        ("department", {"organisation": company.name}),
    ):
        answer = client.post(reverse("parties:grant", args=[nobody.code]), {"role": role} | place)
        assert answer.status_code == 422, role
    assert not Grant.objects.filter(user=nobody).exists()


def test_grant_beyond_ones_own_is_refused_in_the_browser(client_of, league_officer, owner):
    address = reverse("parties:grant", args=[owner.code])
    client = client_of(league_officer)
    assert client.post(address, {"role": "officer", "region": "包头市"}).status_code == 403
    assert client.post(address, {"role": "admin", "region": "内蒙古自治区"}).status_code == 422
    assert client.post(address, {"role": "officer", "region": "新城区"}).status_code in {302, 422}
    assert client.post(address, {"role": "officer", "region": "150102"}).status_code in {302, 409}
    assert owner.grants.filter(role="officer").count() == 1


def test_revoking_and_suspending_ask_for_a_reason(client_of, league_officer, owner):
    client = client_of(league_officer)
    grant = owner.grants.get()
    for name, codes in (("revoke", (owner.code, grant.code)), ("suspend", (owner.code,))):
        address = reverse(f"parties:{name}", args=codes)
        assert client.get(address).status_code == 200
        assert client.post(address, {"note": " "}).status_code == 422
        assert client.post(address, {"note": "离职"}).status_code == 302
    owner.refresh_from_db()
    assert not owner.is_active
    client.post(reverse("parties:restore", args=[owner.code]))
    owner.refresh_from_db()
    assert owner.is_active
    shown = text(page(client, "person", owner.code))
    assert "收回角色" in shown
    assert "离职" in shown


def test_reading_by_post_and_writing_by_get_are_refused(client_of, home_officer, team, mechanism):
    client = client_of(home_officer)
    for name, codes in (
        ("organisations", ()),
        ("team", (team.code,)),
        ("mechanism", (mechanism.code,)),
        ("people", ()),
    ):
        assert client.post(reverse(f"parties:{name}", args=codes)).status_code == 405
    for name, codes in (("confirm_team", (team.code,)), ("restore", (home_officer.code,)), ("end_sessions", ())):
        assert client.get(reverse(f"parties:{name}", args=codes)).status_code == 405


def test_script_in_every_text_is_inert(client_of, home_officer, league):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    row = actions.register_organisation(
        actor=home_officer,
        name=evil,
        kind="enterprise",
        region=league,
        about=evil,
        former_names=evil,
        contact_name=evil[:40],
    )
    team = actions.register_team(
        actor=home_officer,
        organisation=row,
        name=evil,
        leader_name=evil[:40],
        about=evil,
        evidence=[evil],
        keywords=[evil],
    )
    client = client_of(home_officer)
    for name, codes in (
        ("organisation", (row.code,)),
        ("organisations", ()),
        ("team", (team.code,)),
        ("teams", ()),
        ("merge_organisation", (row.code,)),
        ("change_team", (team.code,)),
    ):
        shown = text(page(client, name, *codes))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_english_reader_meets_no_chinese_of_ours(client_of, home_officer, team, mechanism, company):
    client = client_of(home_officer)
    for name, codes in (
        ("organisations", ()),
        ("new_mechanism", ()),
        ("account", ()),
        ("invite", ()),
        ("duplicates", ()),
    ):
        answer = client.get(reverse(f"parties:{name}", args=codes), headers={"accept-language": "en"})
        main = text(answer).split("<main")[1].split("</main>")[0]
        found = set(re.findall(r"[\u4e00-\u9fff]+", main))
        names = (company.name, team.name, team.organisation.name, home_officer.name, home_officer.organisation.name)
        data = "".join((*names, "北京内蒙古自治区新城呼和浩特市包头"))
        assert {word for word in found if word not in data} == set(), (name, found)
