"""The traps of the house, each with the tests that guard it: a guard that is renamed or lost is missed here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TESTS = Path(__file__).resolve().parents[1]
SITE = TESTS.parent / "src" / "duijie" / "site"
GUARDS = {
    "T1 lockout holds": "site/parties/test_sign_in.py::test_right_password_during_lockout_is_refused",
    "T2 limits hold over processes": "site/parties/test_sign_in.py::test_limits_hold_over_processes",
    "T3 interrupted work runs again": "site/operations/test_worker.py::test_work_interrupted_by_kill_runs_again_and_is_done",
    "T3 at most three times": "site/operations/test_worker.py::test_work_interrupted_by_kill_three_times_fails_in_words",
    "T4 immediate transactions": "site/ledger/test_races.py::test_sixteen_read_and_then_write_without_a_locked_database",
    "T5 full sync": "site/ledger/test_races.py::test_embedded_database_forgets_nothing_it_has_acknowledged",
    "T6 no WAL before 3.51.3": "site/operations/test_doctor.py::test_sqlite_that_may_lose_or_corrupt_data_is_said",
    "T7 one door": "site/test_writes.py::test_rooms_write_through_the_ledger_alone",
    "T8 illegal step in words": "site/ledger/test_races.py::test_wrong_state_of_a_lost_race_is_told_in_words",
    "T11 no live formula": "tables/test_write.py::test_no_text_is_live_and_none_is_lost",
    "T11 workbooks": "tables/test_write.py::test_a_workbook_holds_text_as_text",
    "T12 bombs of sheets": "tables/test_hostile.py::test_a_bomb_is_refused_by_its_directory",
    "T12 wide sheets": "tables/test_hostile.py::test_millions_of_columns_are_refused",
    "T12 document types": "tables/test_hostile.py::test_document_types_are_refused",
    "T12 bombs of files": "site/files/test_contents.py::test_bombs_are_refused_at_once",
    "T13 two characters": "site/search/test_search.py::test_demand_is_found_by_two_characters_initials_and_english",
    "T14 pool": "site/test_configuration.py::test_postgresql_address_is_taken_apart_and_pooled",
    "T15 strict policy": "site/kernel/test_templates.py::test_template_needs_nothing_the_content_policy_forbids",
    "T15 inert pages": "site/security/test_hostile.py::test_scripts_in_every_text_are_inert_everywhere",
}


@pytest.mark.parametrize("trap", GUARDS)
def test_trap_is_guarded(trap):
    file, _, name = GUARDS[trap].partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")


def test_page_script_brings_no_styles_of_its_own():
    base = (SITE / "kernel/templates/kernel/base.html").read_text(encoding="utf-8")
    told = re.search(r"""name="htmx-config"\s+content='([^']+)'""", base)
    assert told is not None
    assert re.search(r'"includeIndicatorStyles":\s*false', told[1])
    assert re.search(r'"allowEval":\s*false', told[1])


def test_content_policy_names_no_exception():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert [value for values in directives.values() for value in values if "unsafe" in str(value) or value == "*"] == []
