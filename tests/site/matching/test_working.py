"""Work on a match: its steps, who may take them, what ends it, and the demand that follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duijie.site.demands import actions as demands
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, WrongState
from duijie.site.ledger.actions import change
from duijie.site.ledger.models import Entry
from duijie.site.matching.actions import asking, closing, tasks, working
from duijie.site.matching.models import Match, Task
from duijie.site.matching.queries.mine import brokers_desk
from duijie.site.notices.models import Notice
from duijie.site.offers.actions import withdraw_offer
from duijie.site.registry.workdays import add_working_days

from .people import call, later

pytestmark = pytest.mark.django_db


def state_of(row):
    return type(row).objects.values_list("state", flat=True).get(pk=row.pk)


def test_taking_up_makes_one_match_and_opens_the_search(taken, cabbage, broker):
    assert (taken.state, taken.broker, taken.due) == ("suggested", broker, add_working_days(clock.today(), 10))
    assert state_of(cabbage) == "matching"
    assert working.take_up(cabbage, taken.offer, actor=broker) == taken
    assert Match.objects.count() == 1
    assert Entry.objects.filter(subject=taken.code).values_list("verb", flat=True).get() == "match.take"


def test_second_broker_is_told_who_has_it(taken, cabbage, answering, league_officer, broker):
    with pytest.raises(Refusal, match=f"已由{broker.name}.*接手.*{taken.code}"):
        working.take_up(cabbage, answering, actor=league_officer)


@pytest.mark.parametrize("who", ["stranger", "mirror_broker", "research_office", "mirror_officer", "leader"])
def test_match_is_not_made_by_who_does_not_match_the_demand(who, cabbage, answering, request):
    with pytest.raises(Forbidden):
        working.take_up(cabbage, answering, actor=request.getfixturevalue(who))


def test_directed_demand_is_not_taken_up_by_a_broker_who_may_not_see_it(ask, answering, broker, league_officer):
    secret = ask("耐旱甘蓝", disclosure="directed", state="directed", published_at=None)
    with pytest.raises(Forbidden):
        working.take_up(secret, answering, actor=broker)
    assert working.take_up(secret, answering, actor=league_officer).state == "suggested"


def test_hidden_offer_looks_like_one_that_is_gone(cabbage, provide, broker):
    hidden = provide("不公开的甘蓝成果", state="reviewed", disclosure="confidential")
    gone = provide("撤回的甘蓝成果", state="expired")
    said = []
    for offer in (hidden, gone):
        with pytest.raises(Refusal) as refusal:
            working.take_up(cabbage, offer, actor=broker)
        said.append(str(refusal.value))
    assert said[0] == said[1]


def test_team_without_capacity_is_refused_in_words(cabbage, team, broker):
    change(team, actor=None, verb="team.change", to={"capacity": 0})
    with pytest.raises(Refusal, match="暂不能承接"):
        working.take_up(cabbage, team, actor=broker)


def test_own_organisation_names_a_candidate_and_the_office_takes_it(cabbage, answering, owner, broker, league_officer):
    match = working.take_up(cabbage, answering, actor=owner)
    assert (match.broker, match.demand_says) == (None, "yes")
    assert Notice.objects.filter(user=league_officer).count() == 1
    assert working.take_up(cabbage, answering, actor=broker).broker == broker


def test_demand_follows_from_talks_to_intention_and_back(taken, cabbage, broker):
    call(taken, broker)
    assert taken.state == "contacted"
    working.begin_talks(taken, actor=broker)
    assert state_of(cabbage) == "in_talks"
    working.meet(taken, at=clock.now() + timedelta(days=3), actor=broker)
    working.intend(taken, actor=broker)
    assert state_of(cabbage) == "intended"
    working.decline(taken, reason="price", side="demand", actor=broker)
    assert state_of(cabbage) == "matching"
    verbs = Entry.objects.filter(subject=cabbage.code).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "demand.import", "demand.match", "demand.talk", "demand.intend", "demand.talk", "demand.seek_again",
    ]  # fmt: skip


def test_demand_stays_in_talks_while_another_match_is(taken, cabbage, elsewhere, broker):
    second = working.take_up(cabbage, elsewhere, actor=broker)
    for match in (taken, second):
        call(match, broker)
        working.begin_talks(match, actor=broker)
    working.decline(taken, reason="busy", side="supply", actor=broker)
    assert state_of(cabbage) == "in_talks"
    working.decline(second, reason="busy", side="supply", actor=broker)
    assert state_of(cabbage) == "matching"


def test_decline_says_why_and_whose_it_is(taken, broker, research_office, home_officer):
    with pytest.raises(Invalid, match="原因"):
        working.decline(taken, reason="", actor=broker)
    with pytest.raises(Invalid, match="其他"):
        working.decline(taken, reason="other", words=" ", actor=broker)
    with pytest.raises(Invalid):
        working.decline(taken, reason="offer_gone", actor=broker)
    working.decline(taken, reason="busy", side="demand", actor=research_office)
    assert (taken.state, taken.declined_by, taken.supply_says) == ("declined", "supply", "no")


def test_step_that_the_state_does_not_allow_is_refused(taken, broker):
    for act in (lambda: working.intend(taken, actor=broker), lambda: working.resume(taken, words="再试", actor=broker)):
        with pytest.raises(Forbidden):
            act()
    working.decline(taken, reason="busy", actor=broker)
    with pytest.raises(Forbidden):
        call(taken, broker)


def test_meeting_in_the_past_and_contact_in_the_future_are_refused(taken, broker):
    call(taken, broker)
    with pytest.raises(Invalid, match="已经过去"):
        working.meet(taken, at=clock.now() - timedelta(hours=1), actor=broker)
    with pytest.raises(Invalid, match="以后"):
        working.contact(taken, way="phone", side="demand", words="x", at=clock.now() + timedelta(days=1), actor=broker)


def test_silence_lapses_and_blocks_nothing(taken, cabbage, broker):
    with later(14):
        assert closing.lapse_overdue() == 0
    with later(30):
        assert closing.lapse_overdue() == 1
        assert closing.lapse_overdue() == 0
    taken.refresh_from_db()
    assert taken.state == "lapsed"
    assert Notice.objects.filter(user=broker, kind="match.lapsed").count() == 1
    working.resume(taken, words="又有了消息", actor=broker)
    assert taken.state == "contacted"


def test_contact_breaks_the_silence(taken, broker):
    with later(10):
        call(taken, broker)
    with later(20):
        assert closing.lapse_overdue() == 0


def test_offer_withdrawn_while_talked_about_ends_the_match_and_tells_both(
    taken, cabbage, answering, owner, research_office, broker, stranger
):
    call(taken, broker)
    working.begin_talks(taken, actor=broker)
    withdraw_offer(answering, reason="other", words="已转让给别家", actor=research_office)
    Notice.objects.all().delete()
    assert closing.close_gone() == 1
    assert closing.close_gone() == 0
    taken.refresh_from_db()
    assert (taken.state, taken.reason, taken.declined_by) == ("declined", "offer_gone", "clock")
    assert state_of(cabbage) == "matching"
    told = dict(Notice.objects.values_list("user__username", "title"))
    assert set(told) == {owner.username, research_office.username, broker.username}
    assert answering.title not in told[owner.username]
    assert cabbage.title not in told[research_office.username]


def test_demand_withdrawn_ends_its_matches(taken, cabbage, owner):
    cabbage.refresh_from_db()
    demands.withdraw_demand(cabbage, reason="need_gone", actor=owner)
    assert closing.close_gone() == 1
    taken.refresh_from_db()
    assert taken.reason == "demand_gone"


def test_end_of_a_match_settles_its_questions_and_tasks(taken, broker):
    inquiry = asking.ask(taken, side="supply", actor=broker)
    task = tasks.add_task(taken, what="寄样品", due=clock.today(), actor=broker)
    working.decline(taken, reason="busy", actor=broker)
    assert (state_of(inquiry), state_of(task)) == ("recalled", "dropped")


def test_handed_over_match_is_the_other_brokers(taken, broker, appoint, mirror_broker):
    other = appoint("林涛", "broker", "150100")
    with pytest.raises(Invalid, match="不能办理"):
        working.hand_over(taken, to=mirror_broker, actor=broker)
    working.hand_over(taken, to=other, words="我休假", actor=broker)
    assert [one.pk for group in brokers_desk(other).groups for one in group.matches] == [taken.pk]
    assert brokers_desk(broker).total == 0
    assert Notice.objects.filter(user=other, kind="match.taken").exists()


def test_task_is_recalled_once_the_working_day_before(taken, broker, stranger):
    due = add_working_days(clock.today(), 5)
    task = tasks.add_task(taken, what="催回复", due=due, actor=broker)
    assert tasks.remind() == 0
    with later((add_working_days(due, -1) - clock.today()).days):
        assert tasks.remind() >= 1
        tasks.remind()
    assert Notice.objects.filter(user=broker, kind="task.due").count() == 1
    task.refresh_from_db()
    with pytest.raises(Forbidden):
        tasks.finish_task(task, actor=stranger)
    tasks.finish_task(task, outcome="已回复", actor=broker)
    assert Task.objects.get().state == "done"


def test_task_for_somebody_who_cannot_see_the_match_is_refused(taken, broker, stranger):
    with pytest.raises(Invalid, match="看不到"):
        tasks.add_task(taken, what="x", due=clock.today(), owner=stranger, actor=broker)


def test_match_that_lapses_tomorrow_is_recalled_once(taken, broker):
    with later((add_working_days(taken.due, -1) - clock.today()).days):
        tasks.remind()
        tasks.remind()
    assert Notice.objects.filter(user=broker, kind="match.due").count() == 1


def test_frozen_demand_takes_up_no_one(ask, answering, broker):
    signed = ask("已签约的甘蓝需求", state="signed")
    with pytest.raises(Forbidden):
        working.take_up(signed, answering, actor=broker)


def test_stale_step_loses(taken, broker, league_officer):
    stale = Match.objects.get(pk=taken.pk)
    call(taken, broker)
    with pytest.raises(WrongState):
        working.decline(stale, reason="busy", actor=league_officer)
