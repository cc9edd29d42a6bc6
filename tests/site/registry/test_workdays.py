from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.site.registry.workdays import add_working_days, is_announced, is_working_day, working_days_between

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2010, 1, 1), date(2027, 11, 30))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 22), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday moved
        (date(2020, 1, 31), False),  # prolonged by the epidemic
        (date(2015, 9, 3), False),
        (date(2027, 2, 5), False),  # by law, its notice not out
    ],
)
def test_offices_work_as_the_notice_says(day, working):
    assert is_working_day(day) is working


def test_days_are_added_over_a_holiday_and_a_moved_saturday():
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)


def test_zero_days_move_a_deadline_from_a_holiday_on():
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert add_working_days(date(2026, 10, 1), 0) == date(2026, 10, 8)


def test_a_year_is_announced_once_its_notice_is_in():
    assert [is_announced(year) for year in (2009, 2010, 2026, 2027)] == [False, True, True, False]


@given(DAYS, st.integers(1, 40))
def test_adding_ends_on_a_working_day_and_passes_as_many(day, count):
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert working_days_between(day, end) == count
    assert sum(is_working_day(day + timedelta(days=n)) for n in range(1, (end - day).days + 1)) == count


@given(DAYS, st.integers(1, 40))
def test_adding_and_taking_away_again_comes_back(day, count):
    start = add_working_days(day, 0)
    assert add_working_days(add_working_days(start, count), -count) == start
