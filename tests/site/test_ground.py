"""The ground itself: whose database it is, and that the mirrored people do not meet by accident."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_region_tree_is_loaded(region, league, banner, mirror_banner):
    assert region.code <= league.code <= banner.code <= league.last <= region.last
    assert not league.code <= mirror_banner.code <= league.last


def test_owner_and_colleague_share_what_the_stranger_does_not_have(owner, colleague, stranger, company):
    assert owner.scope.over_organisation(company.code, "contact")
    assert colleague.scope.over_organisation(company.code, "contact")
    assert not stranger.scope.holds("officer")
    assert not stranger.scope.over_organisation(company.code, "contact")


def test_officers_of_mirrored_leagues_hold_only_their_own(league_officer, mirror_officer, home_officer):
    assert league_officer.scope.over_region("150102", "officer")
    assert not mirror_officer.scope.over_region("150102", "officer")
    assert home_officer.scope.over_home("officer")


@pytest.mark.django_db(transaction=True)
def test_cache_table_exists_for_limits_that_hold_over_processes():
    assert "cache" in connection.introspection.table_names()


@pytest.mark.django_db
def test_reference_data_survives_a_test_that_emptied_the_tables(region):
    assert region.name == "内蒙古自治区"
