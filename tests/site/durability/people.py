"""Who uses the site in these tests and in benchmarks/site.py, and the sheets they bring."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.parties.models import Organisation, User

SINCE = date(2020, 1, 1)
HEAD = (
    "需求单位",
    "需求名称",
    "需求类型",
    "技术领域",
    "要解决的技术问题",
    "总预算（万元）",
    "要求完成时间",
    "联系人",
    "联系电话",
)
THINGS = "种薯 饲草 奶牛 羊绒 稀土 风机叶片 光伏组件 煤矸石 玉米 向日葵 盐碱地 沙棘 马铃薯 电解铝 氢气 储能电池".split()
ACTS = "分级 检测 提纯 回收 育种 烘干 监测 改良 贮藏 输送 加工 修复".split()
HOWS = "低损伤 自动 低温 连续 在线 节水 节能 耐寒 高纯 智能".split()


@cache
def companies(number: int) -> tuple[Organisation, ...]:
    """Found companies, half of them in each of two leagues."""
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import create_many
    from duijie.site.parties.models import Organisation

    places = ("150102", "150202")
    made = [
        Organisation(
            code=take_code("O"), name=f"{number}家中第{n:03}号试验企业", kind="enterprise", region_id=places[n % 2]
        )
        for n in range(number)
    ]
    return tuple(create_many(made, actor=None, verb="organisation.register"))


def appoint(name: str, role: str, *, region: str = "", organisation: Organisation | None = None) -> User:
    """Give somebody an account and a role."""
    from duijie.site.ledger.actions import create
    from duijie.site.parties.models import Grant, User

    number = User.objects.count() + 1
    user = User(code=f"U-9{number:03}", username=f"bench{number}", name=name, organisation=organisation)
    user.set_unusable_password()
    create(user, actor=None, verb="user.invite")
    where = {"region_id": region} if region else {"organisation": organisation}
    grant = Grant(code=f"G-{user.code}", user=user, role=role, valid_from=SINCE, **where)
    create(grant, actor=None, verb="grant.give")
    return user


def session_of(user: User) -> str:
    """Sign somebody in; return the cookie's value."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def title(number: int) -> str:
    """Return a title of its own for each number."""
    kinds = [*product(HOWS, THINGS, ACTS)]
    how, thing, act = kinds[number * 7 % len(kinds)]
    return f"{thing}{how}{act}技术与装备（{number:06}）"


def question(number: int) -> str:
    """Return some sentences about it."""
    thing, act, how = THINGS[number % 16], ACTS[number // 16 % 12], HOWS[number // 192 % 10]
    return (
        f"现有{thing}{act}靠人工，损失大、成本高，急需{how}的{thing}{act}办法；处理量每小时不少于{number % 90 + 10}吨。"
    )


def sheet(names: Sequence[str], rows: int, first: int = 0) -> bytes:
    """Return a workbook of good rows for the companies with these names."""
    from xlsxwriter import Workbook

    kept = io.BytesIO()
    book = Workbook(kept, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, HEAD)
    for row in range(rows):
        n = first + row
        cells = (
            names[n % len(names)],
            title(n),
            "联合研发",
            "农业",
            question(n),
            n % 900 + 1,
            "2027-06-30",
            "娜仁",
            "0471-1234567",
        )
        page.write_row(row + 1, 0, cells)
    book.close()
    return kept.getvalue()
