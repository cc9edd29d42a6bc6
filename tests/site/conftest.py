"""The ground all rooms' tests stand on: a database, the region tree, and the people of the story.

Two leagues mirror each other: whatever exists in 150100 (呼和浩特) may be made in 150200 (包头) with other names, so a
test of "does not leak" has something that could. ``owner`` and ``colleague`` are of the same company, ``stranger`` of
the mirrored one. ``DUIJIE_TEST_DATABASE=postgresql`` runs everything on PostgreSQL.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pytest_django.plugin import blocking_manager_key

from tests.site import postgres
from tests.site.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from playwright.sync_api import Browser

    from duijie.site.parties.models import Grant, Organisation, User
    from duijie.site.registry.models import Region

SINCE = date(2020, 1, 1)


# -- the database ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def quick_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files go to a folder of this run, and signing in does not cost what it should cost an attacker."""
    from django.conf import settings

    from duijie.site.registry import queries

    queries._TRUSTED_SECONDS = 600.0  # asking again in the midst of a test would count as one query more
    settings.VAR = tmp_path_factory.mktemp("var")
    settings.EMAIL_FILE_PATH = settings.VAR / "mail"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def database_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the tests' database is: a file, as in the embedded default, or a throw-away PostgreSQL."""
    if os.environ.get("DUIJIE_TEST_DATABASE") != "postgresql":
        yield f"sqlite://{tmp_path_factory.mktemp('database') / 'test.sqlite3'}"
    elif postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql, or unset DUIJIE_TEST_DATABASE")
    else:
        with postgres.cluster() as address:
            yield address


@pytest.fixture(scope="session")
def chosen_database(database_address: str) -> None:
    from django.conf import settings
    from django.db import connections

    from duijie.site.databases import database

    chosen = database(database_address, var=settings.VAR)
    if chosen["ENGINE"].endswith("sqlite3"):
        # a file, not memory: races and locks are then those of the real thing
        chosen["TEST"] = {"NAME": str(chosen["NAME"])}
    settings.DATABASES["default"] = chosen
    connections.settings = connections.configure_settings(None)
    del connections["default"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(chosen_database: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Suffixes of parallel workers are added to the database chosen here."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(chosen_database: None, request: pytest.FixtureRequest) -> None:
    from django.conf import settings

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test["NAME"] = f"{test.get('NAME') or 'test'}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load the reference data once per worker."""
    with django_db_blocker.unblock():
        load_reference_data()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After a test that emptied every table, bring the reference data back for the next one."""
    yield
    if nextitem is None:
        return
    marker = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    if fixtures or (marker and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            load_reference_data()


def load_reference_data() -> None:
    from duijie.site.registry.models import Region

    if Region.objects.exists():
        return
    try:
        from duijie.site.registry.actions import load_tables
    except ImportError:
        _few_regions()
    else:
        load_tables()


def _few_regions() -> None:
    from duijie.site.registry.models import Field, Region

    rows = [
        ("150000", None, "内蒙古自治区", "province", "159999"),
        ("150100", "150000", "呼和浩特市", "league", "150199"),
        ("150102", "150100", "新城区", "banner", "150102"),
        ("150200", "150000", "包头市", "league", "150299"),
        ("150202", "150200", "东河区", "banner", "150202"),
    ]
    Region.objects.bulk_create(
        Region(code=code, parent_id=parent, name=name, kind=kind, last=last) for code, parent, name, kind, last in rows
    )
    Field.objects.bulk_create(Field(code=f"{n:02}", name=name) for n, name in enumerate(("电子信息", "农业"), start=1))


@pytest.fixture(autouse=True)
def chinese_pages() -> Iterator[None]:
    """A browser of another test may have asked for English."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


# -- the browser -------------------------------------------------------------------------------------------------------

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open the system's Chromium, once a run: Playwright bears only one of itself in a thread."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # Playwright runs a loop in this thread, which Django would otherwise take for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


# -- places ------------------------------------------------------------------------------------------------------------


class Place(Protocol):
    def __call__(self, code: str) -> Region: ...


@pytest.fixture
def place(db: None) -> Place:
    """Find a region by its code."""
    from duijie.site.registry.models import Region

    return lambda code: Region.objects.get(code=code)


@pytest.fixture
def region(place: Place) -> Region:
    """内蒙古自治区, the home region."""
    return place("150000")


@pytest.fixture
def league(place: Place) -> Region:
    """呼和浩特市."""
    return place("150100")


@pytest.fixture
def mirror(place: Place) -> Region:
    """包头市: the same again, for somebody else."""
    return place("150200")


@pytest.fixture
def banner(place: Place) -> Region:
    """A district of 呼和浩特市."""
    return place("150102")


@pytest.fixture
def mirror_banner(place: Place) -> Region:
    """A district of 包头市."""
    return place("150202")


# -- organisations -----------------------------------------------------------------------------------------------------


class Founding(Protocol):
    def __call__(self, name: str, kind: str = "enterprise", *, region: str = "150102", **more: Any) -> Organisation: ...


@pytest.fixture
def found(db: None) -> Founding:
    """Found an organisation through the ledger."""
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import create
    from duijie.site.parties.models import Organisation

    def founding(name: str, kind: str = "enterprise", *, region: str = "150102", **more: Any) -> Organisation:
        row = Organisation(code=take_code("O"), name=name, kind=kind, region_id=region, **more)
        return create(row, actor=None, verb="organisation.register")

    return founding


@pytest.fixture
def company(found: Founding) -> Organisation:
    """The owner's and the colleague's."""
    return found("蒙草种业有限公司")


@pytest.fixture
def mirror_company(found: Founding) -> Organisation:
    """The stranger's."""
    return found("包头稀土新材料有限公司", region="150202")


@pytest.fixture
def university(found: Founding) -> Organisation:
    return found("内蒙古农业大学", "university")


@pytest.fixture
def mirror_university(found: Founding) -> Organisation:
    return found("内蒙古科技大学", "university", region="150202")


@pytest.fixture
def department(found: Founding) -> Organisation:
    """The sector department of a 1+1 mechanism."""
    return found("内蒙古自治区农牧厅", "department", region="150000")


@pytest.fixture
def science_department(found: Founding) -> Organisation:
    return found("内蒙古自治区科学技术厅", "department", region="150000")


# -- people ------------------------------------------------------------------------------------------------------------


class Appointment(Protocol):
    def __call__(
        self,
        name: str,
        role: str = "",
        over: Region | Organisation | str | None = None,
        *,
        of: Organisation | None = None,
    ) -> User: ...


@pytest.fixture
def appoint(db: None) -> Appointment:
    """Give somebody an account and, through the ledger, a role over a region (by its code) or an organisation."""
    from duijie.site.ledger.actions import create
    from duijie.site.parties.models import Organisation, User
    from duijie.site.registry.models import Region

    def appointment(
        name: str, role: str = "", over: Region | Organisation | str | None = None, *, of: Organisation | None = None
    ) -> User:
        number = User.objects.count() + 1
        organisation = of or (over if isinstance(over, Organisation) else None)
        user = User(code=f"U-{number:04}", username=f"person{number}", name=name, organisation=organisation)
        user.set_unusable_password()
        create(user, actor=None, verb="user.invite")
        if role:
            held = Region.objects.get(code=over) if isinstance(over, str) else over
            grant(user, role, held)
        return user

    return appointment


def grant(user: User, role: str, over: Region | Organisation | None) -> Grant:
    """Grant a role through the ledger; the user's scope is read again afterwards."""
    from duijie.site.ledger.actions import create
    from duijie.site.parties.models import Grant
    from duijie.site.registry.models import Region

    where = {"region": over} if isinstance(over, Region) else {"organisation": over}
    code = f"G-{user.code}-{Grant.objects.filter(user=user).count() + 1}"
    made = create(Grant(code=code, user=user, role=role, valid_from=SINCE, **where), actor=None, verb="grant.give")
    user.__dict__.pop("_scope", None)
    return made


@pytest.fixture
def owner(appoint: Appointment, company: Organisation) -> User:
    """娜仁, contact of the company whose things are at stake."""
    return appoint("娜仁", "contact", company)


@pytest.fixture
def colleague(appoint: Appointment, company: Organisation) -> User:
    """巴特尔, contact of the same company."""
    return appoint("巴特尔", "contact", company)


@pytest.fixture
def stranger(appoint: Appointment, mirror_company: Organisation) -> User:
    """苏日娜, contact of the mirrored company."""
    return appoint("苏日娜", "contact", mirror_company)


@pytest.fixture
def nobody(appoint: Appointment) -> User:
    """An account without any role."""
    return appoint("无名")


@pytest.fixture
def home_officer(appoint: Appointment, science_department: Organisation) -> User:
    return appoint("王志远", "officer", "150000", of=science_department)


@pytest.fixture
def home_colleague(appoint: Appointment, science_department: Organisation) -> User:
    return appoint("李静", "officer", "150000", of=science_department)


@pytest.fixture
def league_officer(appoint: Appointment) -> User:
    return appoint("赵晓东", "officer", "150100")


@pytest.fixture
def league_colleague(appoint: Appointment) -> User:
    return appoint("其其格", "officer", "150100")


@pytest.fixture
def mirror_officer(appoint: Appointment) -> User:
    return appoint("孙建国", "officer", "150200")


@pytest.fixture
def banner_officer(appoint: Appointment) -> User:
    return appoint("乌兰", "officer", "150102")


@pytest.fixture
def department_officer(appoint: Appointment, department: Organisation) -> User:
    return appoint("周敏", "department", department)


@pytest.fixture
def research_office(appoint: Appointment, university: Organisation) -> User:
    return appoint("吴海燕", "research", university)


@pytest.fixture
def research_colleague(appoint: Appointment, university: Organisation) -> User:
    return appoint("郑伟", "research", university)


@pytest.fixture
def mirror_research_office(appoint: Appointment, mirror_university: Organisation) -> User:
    return appoint("冯丽", "research", mirror_university)


@pytest.fixture
def team_leader(appoint: Appointment, university: Organisation) -> User:
    return appoint("陈立新", "team_leader", university)


@pytest.fixture
def mirror_team_leader(appoint: Appointment, mirror_university: Organisation) -> User:
    return appoint("褚文", "team_leader", mirror_university)


@pytest.fixture
def broker(appoint: Appointment) -> User:
    return appoint("韩梅", "broker", "150100")


@pytest.fixture
def mirror_broker(appoint: Appointment) -> User:
    return appoint("杨帆", "broker", "150200")


@pytest.fixture
def organiser(appoint: Appointment) -> User:
    return appoint("朱琳", "organiser", "150000")


@pytest.fixture
def leader(appoint: Appointment) -> User:
    """Somebody who reads the figures of the whole region."""
    return appoint("秦岭", "reader", "150000")


@pytest.fixture
def mirror_leader(appoint: Appointment) -> User:
    return appoint("许诺", "reader", "150200")


@pytest.fixture
def admin(appoint: Appointment) -> User:
    return appoint("何平", "admin", "150000")


class Signing(Protocol):
    def __call__(self, person: User | None = None) -> Client: ...


@pytest.fixture
def client_of(db: None) -> Signing:
    """Return a browser in which this person is signed in, or nobody."""
    from django.test import Client

    def signing(person: User | None = None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signing


# -- mail --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real mail server of this test, to which the site sends."""
    with Mailbox() as opened:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        settings.SITE_ADDRESS = "https://duijie.example"
        yield opened


@pytest.fixture
def with_mail() -> Callable[..., None]:
    """Give people addresses, as their account's page does."""
    from duijie.site.ledger.actions import change

    def giving(*people: User) -> None:
        for person in people:
            change(person, actor=None, verb="user.change", to={"email": f"{person.username}@example.com"})

    return giving
