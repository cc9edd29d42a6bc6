from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duijie.engine.matching.teams import rank_teams, team_score
from duijie.engine.matching.types import Match

scores = st.lists(st.floats(0.001, 1), max_size=8)


def match(offer: str, score: float) -> Match:
    return Match("D", offer, 1, score, 3)


def test_teams_are_ranked_by_their_best_offers_and_name_them() -> None:
    found = rank_teams(
        [match("a", 0.4), match("b", 0.9), match("c", 0.8), match("d", 0.5)], {"a": "X", "b": "Y", "c": "X", "d": ""}
    )
    assert [(t.team, t.rank, round(t.score, 3)) for t in found] == [("X", 1, 0.5), ("Y", 2, 0.45)]
    assert [m.offer for m in found[0].evidence] == ["c", "a"]


def test_nothing_is_shown_without_evidence() -> None:
    assert rank_teams([match("a", 0.0), match("b", 0.7)], {"a": "X"}) == ()


@given(scores, st.floats(0.001, 1))
def test_more_evidence_never_hurts(some: list[float], more: float) -> None:
    assert team_score([*some, more]) >= team_score(some)


@given(scores)
def test_a_team_never_scores_above_its_best_offer(some: list[float]) -> None:
    assert team_score(some) <= max(some, default=0.0)
    assert team_score(some) == team_score(sorted(some))


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.floats(0.01, 1), max_size=6), st.randoms())
def test_the_order_of_the_matches_does_not_matter(found: dict[str, float], random) -> None:
    matches = [match(offer, score) for offer, score in found.items()]
    team_of = {offer: offer[0] for offer in found}
    shuffled = matches[:]
    random.shuffle(shuffled)
    assert rank_teams(matches, team_of) == rank_teams(shuffled, team_of)
