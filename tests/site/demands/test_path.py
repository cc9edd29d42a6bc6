"""The path of a demand, walked by the people whose turn it is."""

from __future__ import annotations

import pytest

from duijie.site.demands import actions, permissions
from duijie.site.demands.models import Demand
from duijie.site.demands.states import EXITS, NEXT, State
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, Stale, WrongState
from duijie.site.ledger.models import Entry


def test_path_leads_from_draft_to_accepted_by_those_whose_turn_it_is(draft, owner, league_officer, home_officer):
    demand = draft()
    actions.submit_demand(demand, actor=owner)
    actions.take_for_review(demand, actor=league_officer)
    actions.send_to_refinement(demand, diagnosis="请补充损伤率现状", actor=league_officer)
    actions.change_demand(demand, to={"benchmark": "进口设备 1%"}, actor=owner)
    actions.hand_back(demand, actor=owner)
    actions.pass_to_region(demand, actor=league_officer, opinion="属实，已核")
    actions.accept_demand(demand, actor=home_officer)
    actions.publish_demand(demand, actor=home_officer)

    verbs = list(Entry.objects.filter(subject=demand.code).order_by("id").values_list("verb", flat=True))
    assert verbs == [
        f"demand.{verb}"
        for verb in ("start", "submit", "take", "refine", "change", "hand_back", "pass", "accept", "publish")
    ]
    assert demand.code.startswith("D-150102-")
    stored = Demand.objects.get()
    assert (stored.state, stored.opinion, stored.revision) == ("published", "", 9)


def test_path_is_closed_to_those_whose_turn_it_is_not(draft, owner, stranger, mirror_officer, home_officer):
    demand = draft()
    for person in (stranger, mirror_officer):
        with pytest.raises(Forbidden):
            actions.submit_demand(demand, actor=person)
    actions.submit_demand(demand, actor=owner)
    for person in (owner, stranger, mirror_officer, home_officer):
        with pytest.raises(Forbidden):
            actions.take_for_review(demand, actor=person)
    assert demand.state == "submitted"


def test_department_reviews_what_is_in_its_charge(at, department, department_officer, owner):
    demand = at("submitted", department=department)
    actions.take_for_review(demand, actor=department_officer)
    assert demand.state == "local_review"


def test_home_region_may_take_over_what_lies_too_long(at, home_officer, clock_at):
    demand = at("submitted")
    assert not permissions.may_take(home_officer, demand)
    with clock_at(days=30):
        actions.take_for_review(demand, actor=home_officer)
    assert demand.state == "local_review"


def test_saying_no_needs_words(at, league_officer, home_officer):
    demand = at("local_review")
    for call in (
        lambda: actions.return_demand(demand, reasons="  ", actor=league_officer),
        lambda: actions.send_to_refinement(demand, diagnosis="", actor=league_officer),
        lambda: actions.refuse_demand(demand, reason="", actor=league_officer),
        lambda: actions.refuse_demand(demand, reason="other", words=" ", actor=league_officer),
        lambda: actions.refuse_demand(demand, reason="deadline", actor=league_officer),
    ):
        with pytest.raises(Invalid):
            call()
    actions.return_demand(demand, reasons="指标没有数值", actor=league_officer)
    assert (demand.state, demand.opinion) == ("returned", "指标没有数值")


def test_submission_insists_only_on_what_the_form_requires(draft, owner):
    demand = draft(question="", background="", measures=[])
    with pytest.raises(Invalid) as refused:
        actions.submit_demand(demand, actor=owner)
    assert set(refused.value.fields) == {"question"}
    actions.change_demand(demand, to={"question": "损伤率高"}, actor=owner)
    actions.submit_demand(demand, actor=owner)
    assert demand.state == "submitted"


def test_submitting_twice_enters_once(draft, owner):
    demand = draft()
    again = Demand.objects.get()
    actions.submit_demand(demand, actor=owner)
    with pytest.raises(WrongState):
        actions.submit_demand(again, actor=owner)
    assert Entry.objects.filter(verb="demand.submit").count() == 1


def test_starting_twice_with_one_token_creates_one(company, owner, colleague):
    first = actions.start_demand(company, title="风机叶片除冰", actor=owner, token="abc")
    second = actions.start_demand(company, title="风机叶片除冰", actor=owner, token="abc")
    assert first == second
    assert actions.start_demand(company, title="风机叶片除冰", actor=colleague, token="abc") != first
    assert Demand.objects.count() == 2


def test_change_on_an_old_reading_is_refused(draft, owner, colleague):
    demand = draft()
    read = Demand.objects.get()
    actions.change_demand(demand, to={"benchmark": "甲"}, actor=owner)
    with pytest.raises(Stale):
        actions.change_demand(read, to={"benchmark": "乙"}, actor=colleague)
    assert Demand.objects.get().benchmark == "甲"


def test_change_is_closed_while_others_review(at, owner, league_officer):
    demand = at("local_review")
    with pytest.raises(Forbidden):
        actions.change_demand(demand, to={"question": "别的"}, actor=owner)
    with pytest.raises(Forbidden):
        actions.change_demand(demand, to={"question": "别的"}, actor=league_officer)
    assert actions.change_demand(demand, to={"keywords": ["种薯"]}, actor=league_officer)
    assert actions.change_demand(demand, to={"disclosure": "confidential"}, actor=owner)


def test_change_ignores_what_is_not_of_the_form(draft, owner):
    demand = draft()
    assert actions.change_demand(demand, to={"state": "accepted", "merged_into": demand}, actor=owner) is None
    assert Demand.objects.get().state == "draft"


def test_contact_data_stays_out_of_the_ledger(draft, owner):
    demand = draft()
    actions.change_demand(demand, to={"contact_phone": "13900000000"}, actor=owner)
    for entry in Entry.objects.filter(subject=demand.code):
        assert "13900000000" not in str(entry.changes)
        assert "0471-1234567" not in str(entry.changes)
    assert not any(field.name.startswith("contact") for field in Demand.versions.model._meta.fields)


def test_merging_leaves_the_counts_and_stays_on_record(at, home_officer):
    kept, copy = at("accepted", title="稀土永磁回收"), at("accepted", title="草原碳汇计量")
    actions.merge_demand(copy, into=kept, actor=home_officer, why="同一项目报了两次")
    assert list(Demand.objects.counted()) == [kept]
    assert Demand.objects.get(code=copy.code).merged_into == kept
    with pytest.raises(Refusal):
        actions.merge_demand(kept, into=copy, actor=home_officer, why="反过来")
    with pytest.raises(Refusal):
        actions.merge_demand(kept, into=kept, actor=home_officer, why="自己")


def test_freezing_takes_what_is_past_its_deadline_and_reopening_needs_a_new_one(at, home_officer, clock_at):
    from duijie.site.kernel import clock

    due, later = at("published"), at("published", title="羊绒检测", deadline=None)
    with clock_at(days=3650):
        assert actions.freeze_overdue(clock.now()) == 1
        assert actions.freeze_overdue(clock.now()) == 0
        due.refresh_from_db()
        assert (due.state, due.exit_reason) == ("frozen", "deadline")
        with pytest.raises(Invalid):
            actions.reopen_demand(due, actor=home_officer, note="单位仍需要")
        from datetime import timedelta

        actions.reopen_demand(due, actor=home_officer, note="单位仍需要", deadline=clock.today() + timedelta(days=90))
    assert due.state == "accepted"
    later.refresh_from_db()
    assert later.state == "published"


def test_long_term_before_acceptance_comes_back_to_review(at, home_officer):
    demand = at("regional_review")
    actions.set_long_term(demand, reason="too_hard", words="", actor=home_officer)
    actions.reopen_demand(demand, actor=home_officer, note="有团队愿意承担")
    assert demand.state == "regional_review"


def test_withdrawing_is_the_organisations(at, owner, stranger, league_officer):
    demand = at("submitted")
    for person in (stranger, league_officer):
        with pytest.raises(Forbidden):
            actions.withdraw_demand(demand, reason="need_gone", actor=person)
    actions.withdraw_demand(demand, reason="need_gone", actor=owner)
    assert demand.state == "withdrawn"


def test_every_state_is_in_the_table_and_exits_lead_only_back():
    assert set(NEXT) == set(State.values)
    assert all(following <= set(State.values) for following in NEXT.values())
    reached = {"draft"}
    while more := {state for one in reached for state in NEXT[one]} - reached:
        reached |= more
    assert reached == set(State.values)
    assert {state for state in EXITS if not NEXT[state]} == {"refused", "merged"}
