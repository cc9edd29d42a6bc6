"""What ``duijie import NOUN FILE`` does: the wizard's own steps, one after the other; lines to print, and the exit code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from duijie.site.imports import actions, checking
from duijie.site.imports.models import Batch
from duijie.site.imports.nouns import sheets
from duijie.site.imports.work import told_of_failure
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.parties.models import Role, User
from duijie.tables.problems import BadTable
from duijie.tables.read import check_file, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duijie.tables.problems import Reading

SHOWN = 20
"""Problems printed; the wizard shows all, on the person's own workbook."""


class Outcome(NamedTuple):
    """What to print, and what the process answers."""

    lines: list[str]
    code: int = 0


def import_file(
    noun: str, file: Path, *, username: str = "", skip_bad: bool = False, dry_run: bool = False, again: bool = False
) -> Outcome:
    """Import the rows of a file as somebody, all or none; with ``skip_bad`` the good rows, all or none of them."""
    actor = _somebody(username)
    if not sheets()[noun].may_import(actor):
        raise Forbidden(_("%(name)s没有导入这类信息的权限。") % {"name": actor.name})
    reading = _read(noun, file, actor)
    told = [problem.sentence() for problem in reading.bad[:SHOWN]]
    if len(reading.bad) > SHOWN:
        told.append(_("另有 %(count)s 处。") % {"count": len(reading.bad) - SHOWN})
    told += reading.warnings
    wrong = len({problem.row for problem in reading.bad})
    found = {"good": len(reading.rows), "bad": wrong}
    if dry_run:
        return Outcome(
            [*told, _("%(good)s 行可以导入，%(bad)s 行有问题。没有写入任何数据。") % found], 2 if wrong else 0
        )
    if not reading.rows or (wrong and not skip_bad):
        how = _("请改好后重试，或加 --skip-bad 只导入没有问题的行。") if reading.rows else _("请改好后重试。")
        return Outcome([*told, _("%(bad)s 行有问题，没有导入任何数据。") % found + how], 2)
    if not again:
        _refuse_same(noun, file)
    batch = _bring(noun, file, actor)
    said = _("已导入 %(good)s 行，批次 %(code)s。") % {**found, "code": batch.code}
    return Outcome([*told, said, *([_("%(bad)s 行有问题，没有导入。") % found] if wrong else [])])


def _somebody(username: str) -> User:
    """Return who imports; where nobody is named, the one administrator there is."""
    people = User.objects.active()
    if username:
        found = people.filter(username=username).first()
        if found is None:
            raise Refusal(_("没有用户名为“%(name)s”的账号，或已停用。请核对 --as。") % {"name": username})
        return found  # type: ignore[no-any-return]
    admins = [one for one in people.filter(grants__role=Role.ADMIN).distinct() if one.scope.over_home(Role.ADMIN)]
    if len(admins) != 1:
        raise Refusal(_("请用 --as 用户名 说明以谁的身份导入。"))
    return admins[0]  # type: ignore[no-any-return]


def _read(noun: str, file: Path, actor: User) -> Reading[dict[str, object]]:
    check_file(file)
    if file.suffix.casefold() not in actions.ENDINGS:
        raise Refusal(_("只收 .xlsx 和 .csv 表格。请把“%(name)s”另存为 .xlsx。") % {"name": file.name})
    try:
        return read_table(file, sheets()[noun].shape(actor=actor), skip_bad=True)
    except BadTable as error:
        return error.reading


def _refuse_same(noun: str, file: Path) -> None:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    earlier = Batch.objects.imported().filter(noun=noun, digest=digest).first()
    if earlier is not None:
        raise Refusal(
            _("同一个文件已经导入过（批次 %(code)s）。确实要再导入一次，请加 --again。") % {"code": earlier.code}
        )


def _bring(noun: str, file: Path, actor: User) -> Batch:
    """Take the wizard's steps: its batch can be looked at and undone there."""
    batch = actions.upload_sheet(noun, _chunks(file), name=file.name, actor=actor)
    actions.map_columns(batch, batch.mapping, actor=actor)
    with told_of_failure(batch, actor):
        actions.note_checked(batch, checking.check_batch(batch, actor=actor), actor=actor)
        actions.confirm_batch(batch, actor=actor)
        actions.import_batch(batch, checking.read_batch(batch, actor=actor).rows, actor=actor)
    return batch


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            yield chunk
