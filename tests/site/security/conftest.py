"""The two halves of the world, and everybody who looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.site.security.world import Half, build

if TYPE_CHECKING:
    from duijie.site.parties.models import User

ROLES = (
    "anonymous nobody owner colleague stranger league_officer banner_officer home_officer mirror_officer "
    "department_officer research_office team_leader broker organiser leader admin"
).split()
"""Everybody, in the order of the table's columns."""


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, User | None]:
    return {role: None if role == "anonymous" else request.getfixturevalue(role) for role in ROLES}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Any, settings: Any) -> None:
    from duijie.site.search import shelf

    settings.VAR = tmp_path
    shelf._open.cache_clear()


@pytest.fixture
def half(
    company: Any, university: Any, owner: User, research_office: User, league_officer: User, home_officer: User
) -> Half:
    """This side: 150100."""
    one = Half("金雕", "150100", "150102", company, university, owner, research_office, league_officer, home_officer)
    return build(one)


@pytest.fixture
def other(
    mirror_company: Any,
    mirror_university: Any,
    stranger: User,
    mirror_research_office: User,
    mirror_officer: User,
    home_officer: User,
) -> Half:
    """The mirrored side: 150200."""
    return build(
        Half(
            "银狐", "150200", "150202", mirror_company, mirror_university, stranger, mirror_research_office,
            mirror_officer, home_officer,
        )
    )  # fmt: skip
