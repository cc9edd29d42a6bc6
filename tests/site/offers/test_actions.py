"""What can be done to an offer, by whom, and what it leaves in the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, Stale, WrongState
from duijie.site.ledger.models import Entry
from duijie.site.offers import actions
from duijie.site.offers.models import Offer
from duijie.site.offers.states import NEXT, State


def verbs(offer):
    return list(Entry.objects.filter(subject=offer.code).order_by("id").values_list("verb", flat=True))


def test_offer_goes_from_draft_to_published(draft, research_office, league_officer):
    offer = draft()

    actions.submit_offer(offer, actor=research_office)
    actions.review_offer(offer, actor=league_officer, opinion="材料齐全")
    actions.publish_offer(offer, actor=league_officer)

    assert offer.state == State.PUBLISHED
    assert offer.confirmed_on == clock.today()
    assert verbs(offer) == ["offer.start", "offer.change", "offer.submit", "offer.review", "offer.publish"]
    assert offer.versions.filter(code=offer.code).count() == 5


def test_offer_code_names_its_region(draft):
    assert draft().code.startswith(f"S-150102-{clock.today().year}-")


def test_offer_from_outside_is_registered_in_the_home_region(
    found, appoint, draft, place, home_officer, league_officer
):
    from duijie.site.registry.models import Region

    Region.objects.get_or_create(code="110108", defaults={"name": "海淀区", "kind": "county", "last": "110108"})
    outside = found("清华大学", "university", region="110108")
    by = appoint("钱进", "research", outside)
    offer = draft(by=by, of=outside)
    actions.submit_offer(offer, actor=by)

    assert offer.region_id == "150000"
    with pytest.raises(Forbidden):
        actions.review_offer(offer, actor=league_officer)
    actions.review_offer(offer, actor=home_officer)


def test_start_sent_twice_makes_one(university, research_office):
    sent = {"organisation": university, "title": "甘蓝", "kind": "achievement", "actor": research_office, "token": "t1"}

    assert actions.start_offer(**sent).code == actions.start_offer(**sent).code
    assert Offer.objects.count() == 1


def test_submit_says_what_is_lacking(draft, research_office):
    offer = draft(about="", units=[])

    with pytest.raises(Invalid) as refusal:
        actions.submit_offer(offer, actor=research_office)

    assert set(refusal.value.fields) == {"about", "units"}
    assert offer.state == State.DRAFT


def test_achievement_has_at_most_three_keywords(draft, research_office):
    offer = draft()

    with pytest.raises(Invalid, match="最多 3 个"):
        actions.change_offer(offer, to={"keywords": ["一", "二", "三", "四"]}, actor=research_office)
    draft("光谱仪", kind="equipment", keywords=["一", "二", "三", "四"])


def test_registration_number_is_cleaned_and_given_once(draft, research_office):
    first, second = draft(), draft("另一项")

    actions.change_offer(first, to={"registration": "150 2024 y 0001"}, actor=research_office)

    assert first.registration == "1502024Y0001"
    with pytest.raises(Invalid, match="已经登记过"):
        actions.change_offer(second, to={"registration": "1502024Y0001"}, actor=research_office)
    second.refresh_from_db()
    assert second.registration == ""


def test_registration_number_belongs_to_achievements(draft, research_office):
    with pytest.raises(Invalid, match="只有科技成果"):
        actions.change_offer(
            draft("光谱仪", kind="equipment"), to={"registration": "1502024Y0001"}, actor=research_office
        )


def test_return_needs_an_opinion(submitted, league_officer, research_office):
    offer = submitted()

    with pytest.raises(Invalid):
        actions.return_offer(offer, opinion="  ", actor=league_officer)
    actions.return_offer(offer, opinion="请补充区域试验数据", actor=league_officer)
    actions.submit_offer(offer, actor=research_office)

    assert offer.state == State.SUBMITTED
    assert Entry.objects.get(subject=offer.code, verb="offer.return").note == "请补充区域试验数据"


@pytest.mark.parametrize("who", ["mirror_officer", "research_office", "stranger", "broker", "leader", "nobody"])
def test_review_is_for_officers_over_the_region(who, submitted, request):
    offer = submitted()

    with pytest.raises(Forbidden):
        actions.review_offer(offer, actor=request.getfixturevalue(who))
    offer.refresh_from_db()
    assert offer.state == State.SUBMITTED


def test_review_raced_is_won_once(submitted, league_officer, home_officer):
    offer = submitted()
    other = Offer.objects.get(pk=offer.pk)

    actions.review_offer(offer, actor=league_officer)
    with pytest.raises(WrongState):
        actions.review_offer(other, actor=home_officer)

    assert verbs(offer).count("offer.review") == 1


def test_change_on_an_old_reading_is_stale(draft, research_office, research_colleague):
    offer = draft()
    other = Offer.objects.get(pk=offer.pk)
    seen = other.revision

    actions.change_offer(offer, to={"about": "新的简介"}, actor=research_office)
    with pytest.raises(Stale):
        actions.change_offer(other, to={"about": "别人的简介"}, actor=research_colleague, expected=seen)
    other.refresh_from_db()
    assert other.about == "新的简介"


def test_confidential_offer_is_never_published(reviewed, home_officer):
    offer = reviewed(disclosure="confidential")

    with pytest.raises(Forbidden):
        actions.publish_offer(offer, actor=home_officer)


def test_revised_offer_is_reviewed_again(published, research_office, league_officer):
    offer = published()

    actions.revise_offer(offer, reason="更新指标", actor=research_office)
    actions.change_offer(offer, to={"indicators": "亩产 5,000 公斤"}, actor=research_office)
    actions.submit_offer(offer, actor=research_office)

    assert offer.state == State.SUBMITTED
    assert offer.published_at is not None


def test_withdraw_needs_a_reason_from_the_list(published, research_office):
    offer = published()

    for wrong in ({"reason": "x"}, {"reason": "other", "words": " "}):
        with pytest.raises(Invalid):
            actions.withdraw_offer(offer, actor=research_office, **wrong)
    actions.withdraw_offer(offer, reason="taken", actor=research_office)
    actions.reopen_offer(offer, actor=research_office)

    assert (offer.state, offer.exit_reason) == (State.DRAFT, "")


def test_merge_keeps_the_row_and_leaves_every_count(published, home_officer):
    one, other = published(), published("耐旱甘蓝新品种选育")

    actions.merge_offer(one, into=other, actor=home_officer, why="同一品种")

    assert one.merged_into == other
    assert list(Offer.objects.counted()) == [other]
    with pytest.raises(Refusal):
        actions.merge_offer(other, into=one, actor=home_officer)


def test_merge_needs_both_in_the_officers_region(published, found, appoint, league_officer, mirror_research_office):
    mine = published()
    theirs = published("包头的成果", by=mirror_research_office, of=mirror_research_office.organisation)

    with pytest.raises(Refusal):
        actions.merge_offer(mine, into=theirs, actor=league_officer)


def test_expired_by_the_clock_and_renewed(published, research_office):
    offer = published(valid_until=clock.today())
    lasting = published("长期有效")

    assert actions.expire_lapsed(clock.today()) == 0
    assert actions.expire_lapsed(clock.today() + timedelta(days=1)) == 1
    offer.refresh_from_db()
    lasting.refresh_from_db()
    assert (offer.state, lasting.state) == (State.EXPIRED, State.PUBLISHED)
    with pytest.raises(Invalid):
        actions.renew_offer(offer, valid_until=clock.today() - timedelta(days=1), actor=research_office)
    actions.renew_offer(offer, valid_until=clock.today() + timedelta(days=365), actor=research_office)
    assert offer.state == State.REVIEWED


def test_confirmed_offer_is_fresh_for_two_years(published, research_office):
    with time_machine.travel("2024-03-01T12:00:00+08:00", tick=False):
        offer = published()
    with time_machine.travel("2026-03-01T12:00:00+08:00", tick=False):
        assert not offer.is_stale
    with time_machine.travel("2026-03-02T12:00:00+08:00", tick=False):
        assert offer.is_stale
        assert list(Offer.objects.stale(date(2026, 3, 2))) == [offer]
        actions.confirm_offer(offer, actor=research_office)
        assert not offer.is_stale
        assert not Offer.objects.stale(date(2026, 3, 2)).exists()


def test_team_leader_writes_only_his_own(draft, team_leader):
    with pytest.raises(Forbidden):
        actions.change_offer(draft(), to={"about": "改"}, actor=team_leader)
    own = draft("负责人自己登记的", by=team_leader)

    actions.submit_offer(own, actor=team_leader)

    assert own.state == State.SUBMITTED


def test_officer_enters_on_behalf(draft, league_officer, mirror_officer, university):
    offer = draft(by=league_officer)

    actions.submit_offer(offer, actor=league_officer)

    with pytest.raises(Forbidden):
        actions.start_offer(organisation=university, title="越界", kind="patent", actor=mirror_officer)


def test_directed_offer_names_each_recipient_once(reviewed, research_office, company):
    offer = reviewed(disclosure="directed")

    made = actions.direct_offer(offer, organisations=[company, company], actor=research_office)
    again = actions.direct_offer(offer, organisations=[company], actor=research_office)
    actions.undirect_offer(made[0], actor=research_office)

    assert (len(made), again, offer.recipients.present().count()) == (1, [], 0)


def test_states_lead_only_to_states():
    assert set(NEXT) == set(State.values)
    assert {state for following in NEXT.values() for state in following} <= set(State.values)


def test_known_at_gives_what_was_then_true(draft, research_office, league_officer):
    with time_machine.travel("2026-01-05T10:00:00+08:00", tick=False) as now:
        offer = draft()
        now.shift(3600)
        actions.submit_offer(offer, actor=research_office)
        between = clock.now()
        now.shift(3600)
        actions.review_offer(offer, actor=league_officer)

    assert Offer.objects.known_at(between).get(code=offer.code).state == State.SUBMITTED


def test_offer_an_officer_entered_waits_for_its_organisation_once_it_was_returned(
    draft, university, league_officer, research_office
):
    offer = draft(by=league_officer, of=university)
    assert set(Offer.objects.waiting_for(league_officer)) == {offer}
    actions.submit_offer(offer, actor=league_officer)
    actions.return_offer(offer, opinion="请补充区域试验数据", actor=league_officer)
    assert not Offer.objects.waiting_for(league_officer).exists()
    assert set(Offer.objects.waiting_for(research_office)) == {offer}
