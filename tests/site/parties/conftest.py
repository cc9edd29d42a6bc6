"""What the tests of this room share."""

from __future__ import annotations

import pytest

from duijie.site.parties import actions


@pytest.fixture
def team(university, research_office):
    """A team of the university, with one member."""
    made = actions.register_team(
        actor=research_office,
        organisation=university,
        name="马铃薯育种团队",
        leader_name="陈立新",
        keywords=["脱毒种薯"],
    )
    actions.add_team_member(made, actor=research_office, name="刘洋")
    return made


@pytest.fixture
def mechanism(home_officer, region):
    from datetime import date

    return actions.found_mechanism(
        actor=home_officer, name="“4+8+N”合作机制", kind="tiered", region=region, valid_from=date(2020, 1, 1)
    )
