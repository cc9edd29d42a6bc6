"""Who is told, how, and that it goes out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from duijie.site.kernel import clock
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.ledger.actions import change, create
from duijie.site.notices import actions
from duijie.site.notices.kinds import Kind, Way
from duijie.site.notices.models import Notice
from tests.site.mailbox import text_of

pytestmark = pytest.mark.django_db


def say(users, title="需求已受理", kind=Kind.MATCH_ASKED, **more):
    return actions.tell(users, kind, title, "/demands/", why="您是联系人", **more)


def test_told_person_gets_one_mail_with_title_link_and_a_way_out(mailbox, with_mail, owner, stranger):
    with_mail(owner, stranger)
    say([owner, owner])
    assert actions.post_waiting() == 1
    assert actions.post_waiting() == 0
    [mail] = mailbox.messages
    assert mail["To"] == owner.email
    assert mail["Subject"] == "[对接] 需求已受理"
    assert "https://duijie.example/demands/" in text_of(mail)
    assert "/notices/off/" in mail["List-Unsubscribe"]
    assert 'href="https://duijie.example/demands/"' in mail.get_body(("html",)).get_content()


def test_nothing_is_told_where_the_act_was_rolled_back(mailbox, with_mail, owner):
    with_mail(owner)
    with pytest.raises(RuntimeError), transaction.atomic():
        say([owner])
        raise RuntimeError
    assert actions.post_waiting() == 0
    assert not Notice.objects.exists()


def test_mail_the_server_refuses_is_tried_again_later_and_goes_once(mailbox, with_mail, owner):
    with_mail(owner)
    say([owner])
    mailbox.refusing = True
    assert actions.post_waiting() == 0
    assert actions.post_waiting() == 0
    assert Notice.objects.get().tries == 1
    mailbox.refusing = False
    with clock.told(clock.now() + timedelta(minutes=3)):
        assert actions.post_waiting() == 1
        assert actions.post_waiting() == 0
    assert len(mailbox.messages) == 1


def test_news_of_three_days_ago_is_not_mailed_any_more(mailbox, with_mail, owner):
    with_mail(owner)
    with clock.told(clock.now() - timedelta(days=4)):
        say([owner])
    assert actions.post_waiting() == 0
    assert Notice.objects.unseen().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_at_once_one_sends(mailbox, with_mail, owner):
    with_mail(owner)
    say([owner])

    def post(_number):
        try:
            return actions.post_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(post, range(8))) == 1
    assert len(mailbox.messages) == 1


def test_each_kind_can_be_turned_off_and_off_means_not_at_all(mailbox, with_mail, owner, colleague):
    with_mail(owner, colleague)
    actions.choose_ways(owner, {Kind.MATCH_ASKED: Way.OFF})
    actions.choose_ways(colleague, {Kind.MATCH_ASKED: Way.DESK})
    assert say([owner, colleague]) == 1
    assert actions.post_waiting() == 0
    assert Notice.objects.get().user == colleague


def test_turning_mails_off_reaches_those_that_wait(mailbox, with_mail, owner):
    with_mail(owner)
    say([owner])
    actions.choose_ways(owner, {Kind.MATCH_ASKED: Way.DESK})
    assert actions.post_waiting() == 0
    assert mailbox.messages == []


def test_digest_is_one_mail_on_working_days(mailbox, with_mail, owner, stranger):
    with_mail(owner, stranger)
    actions.choose_ways(owner, {Kind.MATCH_ASKED: Way.DAILY})
    saturday, monday = (
        timezone.make_aware(datetime.combine(date(2026, 11, day), datetime.min.time())) for day in (21, 23)
    )
    with clock.told(saturday):
        say([owner], "第一件")
        say([owner], "第二件")
        assert actions.post_waiting() == 0
        assert actions.post_digests() == 0
    with clock.told(monday):
        assert actions.post_digests() == 1
        assert actions.post_digests() == 0
    [mail] = mailbox.messages
    assert mail["Subject"] == "[对接] 您有 2 条新通知"
    assert "第一件" in text_of(mail)
    assert "第二件" in text_of(mail)


def test_digest_leaves_out_what_was_read_on_the_desk(mailbox, with_mail, owner):
    with_mail(owner)
    actions.choose_ways(owner, {Kind.MATCH_ASKED: Way.DAILY})
    monday = timezone.make_aware(datetime(2026, 11, 23, 8))
    with clock.told(monday):
        say([owner])
        actions.mark_seen(owner)
        assert actions.post_digests() == 0


def test_mail_speaks_the_readers_language(mailbox, with_mail, owner):
    with_mail(owner)
    actions.choose_ways(owner, {}, language="en")
    actions.tell([owner], Kind.MATCH_ASKED, gettext_lazy("通知设置"), "/", why=gettext_lazy("通知"))
    actions.post_waiting()
    assert "Notification settings" in mailbox.messages[0]["Subject"]
    assert "您好" not in text_of(mailbox.messages[0])


@pytest.fixture
def published(company):
    from duijie.site.demands.models import Demand

    now = clock.now()
    passed = {"submitted_at": now, "accepted_at": now, "published_at": now, "state_since": now}
    row = Demand(code="D-150102-2026-0001", organisation=company, region_id="150102", title="金雕项目的分级装置")
    for name, value in {**passed, "state": "published"}.items():
        setattr(row, name, value)
    return create(row, actor=None, verb="demand.import")


def test_title_of_what_is_hidden_by_now_is_neither_mailed_nor_shown(mailbox, with_mail, published, stranger, client_of):
    demand = published
    with_mail(stranger)
    say([stranger], demand.title, about=demand)
    seen = client_of(stranger).get("/notices/").content.decode()
    assert demand.title in seen
    change(demand, actor=None, verb="demand.change", to={"disclosure": Disclosure.CONFIDENTIAL})
    assert actions.post_waiting() == 0
    assert mailbox.messages == []
    assert demand.title not in client_of(stranger).get("/notices/").content.decode()


def test_suspended_account_is_told_nothing(mailbox, with_mail, owner):
    with_mail(owner)
    say([owner])
    change(owner, actor=None, verb="user.suspend", to={"is_active": False})
    assert actions.post_waiting() == 0
    assert say([owner]) == 0


def test_told_again_with_one_key_nobody_hears_it_twice(owner):
    say([owner], once="K-1 due")
    say([owner], once="K-1 due")
    assert Notice.objects.count() == 1


def test_link_in_a_mail_ends_mails_of_its_kind_by_a_post_alone(mailbox, with_mail, owner, client_of):
    with_mail(owner)
    say([owner])
    actions.post_waiting()
    off = urlsplit(mailbox.messages[0]["List-Unsubscribe"].strip(" <>")).path
    anybody = client_of()
    assert "确定不再接收" in anybody.get(off).content.decode()
    say([owner])
    assert actions.post_waiting() == 1
    assert anybody.post(off, {"List-Unsubscribe": "One-Click"}).status_code == 200
    say([owner])
    assert actions.post_waiting() == 0
    assert Notice.objects.unseen().count() == 3


def test_changed_unsubscribe_link_is_refused_in_words(client_of):
    answer = client_of().get("/notices/off/eyJ4Ijo.forged/")
    assert answer.status_code == 409
    assert "退订链接不完整" in answer.content.decode()


def test_page_counts_and_marks_only_ones_own(owner, colleague, client_of):
    say([owner, colleague])
    mine, theirs = Notice.objects.get(user=owner), Notice.objects.get(user=colleague)
    client = client_of(owner)
    assert '<span class="badge info">1' in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{theirs.pk}/read/").status_code == 404
    assert client.post(f"/notices/{mine.pk}/read/").status_code == 302
    assert Notice.objects.unseen().get() == theirs
    assert '<span class="badge info">' not in client.get("/notices/").content.decode()


def test_settings_page_keeps_every_choice(owner, client_of):
    client = client_of(owner)
    assert client.get("/notices/settings/").status_code == 200
    chosen = {kind.replace(".", "_"): Way.DAILY for kind in Kind.values}
    assert client.post("/notices/settings/", {**chosen, "language": "en"}).status_code == 302
    from duijie.site.notices.queries import choices_of, language_of

    assert set(choices_of(owner).values()) == {Way.DAILY}
    assert language_of(owner) == "en"
    assert client.post("/notices/settings/", {"language": "xx"}).status_code == 422


def test_post_is_queued_once_while_mail_waits(mailbox, with_mail, owner):
    from django_tasks_db.models import DBTaskResult

    actions.follow()
    assert not DBTaskResult.objects.exists()
    with_mail(owner)
    say([owner])
    actions.follow()
    actions.follow()
    assert DBTaskResult.objects.count() == 1


def test_owner_is_told_once_of_a_job_that_ended_while_nobody_looked(owner, colleague):
    from duijie.site.kernel.models import Job

    now = clock.now()
    for code, seen, minutes in (("J-1", False, 5), ("J-2", True, 5), ("J-3", False, 0)):
        ended = now - timedelta(minutes=minutes)
        Job.objects.create(
            code=code,
            kind="x",
            owner=owner.code,
            title="数羊",
            state="done",
            seen=seen,
            created_at=ended,
            finished_at=ended,
        )
    assert actions.tell_of_jobs() == 1
    assert actions.tell_of_jobs() == 0
    told = Notice.objects.get()
    assert (told.user, told.url) == (owner, "/jobs/J-1/")
