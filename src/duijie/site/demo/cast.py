"""Everybody the story knows by now, found by the names it calls them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING

from duijie.site.parties.models import Role
from duijie.site.registry.models import Field, Industry, Region
from duijie.site.registry.queries import nodes_of

if TYPE_CHECKING:
    from duijie.site.parties.models import Organisation, Team, User
    from duijie.site.registry.models import ChainNode

Row = dict[str, str]


def read_samples(name: str) -> list[Row]:
    """Return the rows of one of the sample tables that come with the engine."""
    return _read("duijie.samples", name)


def read_scene(name: str) -> list[Row]:
    """Return the rows of one of the story's own tables."""
    return _read("duijie.site.demo", f"scenes/{name}")


def _read(package: str, name: str) -> list[Row]:
    text = resources.files(package).joinpath(f"{name}.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@dataclass
class Cast:
    """Organisations by name, teams by the number of the sample, people by user name."""

    small: bool = False
    organisations: dict[str, Organisation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    officers: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Return the technical fields by name."""
        return {one.name: one for one in Field.objects.all()}

    @cached_property
    def industries(self) -> dict[str, Industry]:
        """Return the industries by code."""
        return Industry.objects.in_bulk()

    @cached_property
    def regions(self) -> dict[str, Region]:
        """Return the regions by code."""
        return Region.objects.in_bulk()

    def node(self, text: str) -> ChainNode | None:
        """Return the node of an industry chain that a text speaks of, if it clearly does."""
        found = nodes_of(text, limit=1)
        return found[0] if found else None

    def enter(self, username: str, user: User, role: str, place: str) -> None:
        """Remember an account and what it looks after."""
        self.people[username] = user
        if role == Role.OFFICER:
            self.officers.setdefault(place, username)
        elif role in (Role.CONTACT, Role.RESEARCH):
            self.contacts.setdefault(place, username)

    def officer_of(self, region: str) -> User:
        """Return who reviews first where the region lies: the banner's officer, else the league's."""
        return self.people[self.officers.get(region) or self.officers.get(f"{region[:4]}00", "quyu")]

    def home_of(self, username: str) -> Organisation:
        """Return the organisation where somebody works."""
        home = self.people[username].organisation
        assert home is not None, username
        return home

    def writer_of(self, organisation: Organisation) -> User:
        """Return who fills in the form for an organisation: its contact, or the officer who calls on it."""
        username = self.contacts.get(organisation.name)
        return self.people[username] if username else self.officer_of(organisation.region_id)
