"""Runs: one demand, one offer, all demands as a job; what is stored, and what becomes of bad input."""

from __future__ import annotations

import pytest

from duijie.site.kernel import jobs
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.kernel.models import JobState
from duijie.site.ledger.actions import change
from duijie.site.ledger.models import Entry
from duijie.site.matching import shelf
from duijie.site.matching.actions import running
from duijie.site.matching.models import Answer, Run, Suggestion
from duijie.site.matching.queries import ranking
from duijie.site.matching.states import RunState
from duijie.site.matching.work import match_all
from duijie.site.parties.models import Team
from tests.site.matching.words import many_demands, many_offers

pytestmark = pytest.mark.django_db


class Told:
    """A job's progress that nobody looks at; it may stop the job after some demands."""

    def __init__(self, *, end: BaseException | None = None):
        self.end = end

    def tell(self, *_words, **_numbers):
        pass

    def advance(self, count):
        if self.end:
            raise self.end


def offers_of(run: Run) -> list[str]:
    return [*Suggestion.objects.filter(answer__run=run, team=None).order_by("rank").values_list("offer", flat=True)]


def test_demand_finds_the_offer_that_answers_it(cabbage, answering, elsewhere, home_officer):
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    answer = run.answers.get()
    best = answer.suggestions.get(rank=1, team=None)
    assert (run.state, run.demands, run.answered, run.corpus_size) == (RunState.DONE, 1, 1, 3)
    assert (answer.verdict, answer.revision, best.offer, best.revision) == ("match", 1, answering, 1)
    assert best.score == pytest.approx(sum(one["weight"] for one in best.reasons))
    assert answer.best == best.score
    assert "耐旱甘蓝新品种选育" in best.reasons[0]["demand_words"]
    assert elsewhere.code not in offers_of(run)


def test_team_is_found_by_its_offer_and_its_own_record(cabbage, answering, team, home_officer):
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    found = Suggestion.objects.get(answer__run=run, offer=None)
    assert (found.team, found.revision, found.rank) == (team, 1, 1)
    assert found.evidence[0]["offer"] == answering.code
    assert all({"offer", "revision", "score", "level"} == one.keys() for one in found.evidence)


def test_run_is_in_the_ledger_with_all_it_depends_on(cabbage, answering, home_officer):
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    verbs = Entry.objects.of("matching.run", run.code).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["run.start", "run.finish"]
    assert (run.model, len(run.corpus), len(run.digest)) == ("default", 64, 64)
    assert run.engine.startswith("duijie ")
    assert {"libraries", "bm25", "candidates"} <= run.parameters.keys()


def test_same_question_again_gives_the_same_digest(cabbage, answering, home_officer):
    shelf.follow()
    runs = [running.match_demand(cabbage, actor=home_officer) for _ in range(2)]
    assert runs[0].digest == runs[1].digest


@pytest.mark.parametrize(
    ("title", "question"), [("技术", ""), ("合作", "提高质量"), ("…", ""), ("公司需求", "降低成本")]
)
def test_demand_that_says_too_little_is_too_vague(title, question, ask, answering, home_officer):
    demand = ask(title, question)
    shelf.follow()
    run = running.match_demand(demand, actor=home_officer)
    answer = run.answers.get()
    assert (answer.verdict, run.answered) == ("too vague", 0)
    assert not answer.suggestions.exists()


def test_corpus_with_no_offers_answers_no_match(cabbage, home_officer):
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    assert (run.answers.get().verdict, run.corpus_size, run.state) == ("no match", 0, RunState.DONE)


def test_missing_index_is_said_and_nothing_is_written(cabbage, home_officer):
    with pytest.raises(Refusal, match="正在建立"):
        running.match_demand(cabbage, actor=home_officer)
    assert not Run.objects.exists()


def test_team_at_capacity_zero_is_still_proposed(cabbage, answering, team, home_officer):
    change(team, actor=None, verb="team.change", to={"capacity": 0})
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    found = Suggestion.objects.get(answer__run=run, offer=None)
    assert found.team.capacity == 0
    assert not Team.objects.available().filter(code=found.team_id).exists()


@pytest.mark.parametrize("level", [Disclosure.CONFIDENTIAL, Disclosure.DIRECTED])
def test_hidden_offer_is_not_stored_for_somebody_who_may_not_see_it(level, cabbage, provide, owner, home_officer):
    hidden = provide(
        "耐旱甘蓝新品种选育及其示范", "亩产不低于 4500 公斤，商品率达到 90%。", state="reviewed", disclosure=level
    )
    shown = provide("耐旱甘蓝栽培", "甘蓝耐旱栽培技术，亩产 4000 公斤。")
    shelf.follow()
    assert offers_of(running.match_demand(cabbage, actor=home_officer)) == [hidden.code, shown.code]
    run = running.match_demand(cabbage, actor=owner)
    assert offers_of(run) == [shown.code]
    answer = run.answers.get()
    assert answer.best == answer.suggestions.get(rank=1, team=None).score


def test_stranger_may_not_run(cabbage, answering, stranger, mirror_officer, nobody):
    shelf.follow()
    for person in (stranger, mirror_officer, nobody):
        with pytest.raises(Forbidden):
            running.match_offer(answering, actor=person)
        with pytest.raises(Forbidden):
            running.match_demand(cabbage, actor=person)
        with pytest.raises(Forbidden):
            running.start_matching_all(actor=person)
    assert not Run.objects.exists()


def test_pair_has_one_score_in_both_directions(ask, provide, team, home_officer):
    many_demands(ask, 8)
    offers = many_offers(provide, 30, team)
    shelf.follow()
    run = _matched(home_officer)
    forward = {(s.answer.demand_id, s.offer_id): s.score for s in Suggestion.objects.filter(answer__run=run, team=None)}
    met = 0
    for offer in offers[:10]:
        back = running.match_offer(offer, actor=home_officer)
        for one in Suggestion.objects.filter(answer__run=back).select_related("answer"):
            pair = one.answer.demand_id, one.offer_id
            met += pair in forward
            assert forward.get(pair, one.score) == one.score
    assert met > 5


def test_offer_finds_only_demands_its_office_may_know(ask, answering, research_office, home_officer):
    open_one = ask("耐旱甘蓝新品种选育", "甘蓝耐旱育种，亩产不低于 4500 公斤。")
    ask("耐旱甘蓝品种改良", "甘蓝耐旱育种，亩产 4600 公斤。", disclosure=Disclosure.CONFIDENTIAL, state="accepted")
    shelf.follow()
    assert running.match_offer(answering, actor=home_officer).demands == 2
    run = running.match_offer(answering, actor=research_office)
    assert [one.demand for one in run.answers.all()] == [open_one]
    assert run.demands == 1


def test_offer_that_is_not_to_be_had_finds_nothing(provide, cabbage, home_officer):
    offer = provide("耐旱甘蓝新品种", "甘蓝", state="submitted")
    shelf.follow()
    with pytest.raises(Forbidden):
        running.match_offer(offer, actor=home_officer)
    with pytest.raises(Refusal):
        running.match_offer(offer, actor=None)


# -- all demands -------------------------------------------------------------------------------------------------------


def _matched(actor) -> Run:
    code = running.start_matching_all(actor=actor).arguments["run"]
    match_all.do(Told(), run=code)
    return Run.objects.get(code=code)


def test_all_open_demands_are_answered_and_closed_ones_are_not(ask, provide, team, home_officer):
    sought = many_demands(ask, 5)
    ask("甘蓝耐旱育种", "亩产 4500 公斤", state="signed")
    many_offers(provide, 10, team)
    shelf.follow()
    run = _matched(home_officer)
    assert {one.demand for one in run.answers.all()} == set(sought)
    assert (run.state, run.demands) == (RunState.DONE, 5)


def test_all_and_one_give_the_same_answer(ask, provide, team, home_officer):
    demands = many_demands(ask, 5)
    many_offers(provide, 30, team)
    shelf.follow()
    run = _matched(home_officer)
    for demand in demands:
        alone = running.match_demand(demand, actor=None)
        one, other = alone.answers.get(), run.answers.get(demand=demand)
        assert (one.verdict, one.best, one.ground) == (other.verdict, other.best, other.ground)
        assert _told(one) == _told(other)


def _told(answer: Answer) -> list[tuple]:
    kept = ("offer", "team", "rank", "score", "level", "reasons", "evidence")
    return list(answer.suggestions.order_by("team", "rank").values_list(*kept))


def test_killed_job_begins_the_run_anew(ask, provide, team, home_officer):
    many_demands(ask, 3)
    many_offers(provide, 10, team)
    shelf.follow()
    code = running.start_matching_all(actor=home_officer).arguments["run"]
    with pytest.raises(jobs.Leaving):
        match_all.do(Told(end=jobs.Leaving()), run=code)
    run = Run.objects.get(code=code)
    assert run.state == RunState.RUNNING
    assert Answer.objects.latest_of(Answer.objects.filter(run=run).first().demand) is None
    match_all.do(Told(), run=code)
    run.refresh_from_db()
    assert (run.state, run.answers.count()) == (RunState.DONE, 3)
    match_all.do(Told(), run=code)  # as a worker that had done all but say so
    assert run.answers.count() == 3


@pytest.mark.parametrize("end", [jobs.Cancelled(), OSError("disk full")])
def test_job_that_is_called_off_or_breaks_leaves_a_failed_run_and_no_answers(end, ask, answering, home_officer):
    many_demands(ask, 3)
    shelf.follow()
    code = running.start_matching_all(actor=home_officer).arguments["run"]
    with pytest.raises(type(end)):
        match_all.do(Told(end=end), run=code)
    run = Run.objects.get(code=code)
    assert (run.state, run.answers.count()) == (RunState.FAILED, 0)


def test_second_start_while_one_is_under_way_is_the_same_job(cabbage, answering, home_officer, home_colleague):
    shelf.follow()
    first = running.start_matching_all(actor=home_officer)
    assert running.start_matching_all(actor=home_colleague).code == first.code
    jobs.cancel(first, actor=home_officer)
    assert running.start_matching_all(actor=home_colleague).code != first.code


def test_job_that_was_called_off_while_it_waited_does_not_leave_its_run_open(cabbage, answering, home_officer):
    shelf.follow()
    first = running.start_matching_all(actor=home_officer)
    jobs.cancel(first, actor=home_officer)
    running.start_matching_all(actor=home_officer)
    assert Run.objects.get(code=first.arguments["run"]).state == RunState.FAILED
    assert Run.objects.filter(state=RunState.RUNNING).count() == 1


def test_worker_carries_the_job_out(cabbage, answering, home_officer):
    from duijie.site.kernel.worker import work_off

    shelf.follow()
    job = running.start_matching_all(actor=home_officer)
    work_off()
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "匹配了 1 项需求，1 项有推荐。")


def test_offer_that_has_gone_since_is_not_standing(cabbage, answering, home_officer):
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    assert Suggestion.objects.filter(answer__run=run, offer=answering).standing().exists()
    change(answering, actor=None, verb="offer.withdraw", to={"state": "withdrawn", "exit_reason": "other"})
    assert not Suggestion.objects.filter(answer__run=run, offer=answering).standing().exists()
    shelf.follow()
    assert offers_of(running.match_demand(cabbage, actor=home_officer)) == []


def test_model_in_use_is_the_engines_own_until_one_is_adopted(db):
    assert ranking.model_in_use()[0] == ranking.DEFAULT
