"""What people do with a batch: bring it, map it, have it checked, import it, undo it, or drop it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.imports.checking import in_its_own_name, keep_samples
from duijie.site.imports.models import Batch
from duijie.site.imports.nouns import sheets
from duijie.site.imports.states import BACK, GIVEN_UP, NEXT, State
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal
from duijie.site.ledger import actions as ledger
from duijie.tables.head import read_head
from duijie.tables.problems import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from duijie.site.imports.checking import Checked
    from duijie.site.parties.models import User

ENDINGS = (".xlsx", ".csv")
UNREAD = frozenset({".xls", ".xlsm", ".xlsb", ".et", ".ett", ".ods", ".numbers"})
"""Spreadsheets in other formats; the reader says how to save them."""


def upload_sheet(noun: str, file: Iterable[bytes], *, name: str, actor: User) -> Batch:
    """Keep an uploaded file under a name of our own, and read its header; a file that is no table is not kept."""
    sheet = sheets()[noun]
    if not sheet.may_import(actor):
        raise Forbidden(_("您没有导入这类信息的权限。需要时，请与科技主管部门联系。"))
    batch = Batch(code=take_code("I"), owner=actor, noun=noun, file_name=Path(name).name[-200:])
    _refuse_ending(batch)
    shutil.rmtree(batch.folder, ignore_errors=True)  # left by a batch that a restored backup does not know
    batch.folder.mkdir(parents=True, mode=0o700)
    try:
        with batch.file.open("xb") as kept:
            batch.digest = _copy(file, kept)
        with in_its_own_name(batch):
            head = read_head(batch.file, sheet.shape())
        keep_samples(batch, head.samples)
        batch.headers = list(head.headers)
        batch.mapping = remembered(actor, noun, batch.headers) or head.guesses
        return ledger.create(batch, actor=actor, verb="batch.upload")
    except BaseException as error:
        shutil.rmtree(batch.folder, ignore_errors=True)
        if isinstance(error, TableError):
            raise Invalid(str(error), {"file": str(error)}) from error
        raise


def remembered(actor: User, noun: str, headers: list[str]) -> dict[str, str] | None:
    """Return how the user mapped the same headers last time."""
    earlier = Batch.objects.visible_to(actor).filter(noun=noun).exclude(state=State.UPLOADED)
    for batch in earlier.order_by("-created_at")[:20]:
        if batch.headers == headers:
            return dict(batch.mapping)
    return None


def map_columns(batch: Batch, mapping: Mapping[str, str], *, actor: User) -> None:
    """Say which header stands for which column, and have the rows checked."""
    _own(batch, actor)
    columns = sheets()[batch.noun].columns
    known = {column.name for column in columns}
    chosen = {header: name for header, name in mapping.items() if header in batch.headers and name in known}
    names = list(chosen.values())
    if lacking := [column.header for column in columns if column.required and column.name not in names]:
        raise Invalid(_("还没有指定必填列：%(columns)s。请为它选择表中的一列。") % {"columns": _("、").join(lacking)})
    if twice := [column.header for column in columns if names.count(column.name) > 1 and not column.joined]:
        raise Invalid(_("有两列都对应到“%(columns)s”。请只保留一列。") % {"columns": _("、").join(twice)})
    _step(batch, State.CHECKING, "batch.check", actor, mapping=chosen, said="", good=0, bad=0)


def note_checked(batch: Batch, found: Checked, *, actor: User) -> None:
    """Note what the check found."""
    said = "\n".join(found.warnings)
    _step(batch, State.CHECKED, "batch.checked", actor, good=found.good, bad=found.bad, said=said)


def note_failure(batch: Batch, sentence: str, *, actor: User) -> None:
    """Note that the work on a batch came to nothing, and why; nothing was written."""
    _step(batch, GIVEN_UP[State(batch.state)], "batch.fail", actor, said=sentence)


def choose_again(batch: Batch, *, actor: User) -> None:
    """Go back to the columns."""
    _own(batch, actor)
    _step(batch, BACK.get(State(batch.state), State.UPLOADED), "batch.again", actor)


def confirm_batch(batch: Batch, *, actor: User) -> None:
    """Decide that the good rows shall be imported."""
    _own(batch, actor)
    if not batch.good:
        raise Refusal(_("没有一行可以导入。请按批注改好表格，重新上传。"))
    _step(batch, State.IMPORTING, "batch.confirm", actor)


def import_batch(batch: Batch, rows: Sequence[Mapping[str, Any]], *, actor: User) -> Sequence[str]:
    """Import the rows, all or none, and note it, in one transaction: run again after a power cut it does nothing twice."""
    if len(rows) != batch.good:
        raise Refusal(
            _("核对之后情况有变：确认时有 %(then)s 行可以导入，现在有 %(now)s 行。没有导入任何数据，请重新核对。")
            % {"then": batch.good, "now": len(rows)}
        )
    with transaction.atomic():
        codes = sheets()[batch.noun].import_rows(rows, actor=actor, source=batch.code)
        _step(batch, State.IMPORTED, "batch.import", actor, imported=len(codes))
    return codes


def begin_undo(batch: Batch, *, actor: User) -> None:
    """Decide that the batch shall be taken back."""
    _own(batch, actor)
    _step(batch, State.UNDOING, "batch.take_back", actor)


def undo_batch(batch: Batch, *, actor: User) -> int:
    """Take back every record of the batch, as one; refused where one has been worked on since."""
    with transaction.atomic():
        count = sheets()[batch.noun].undo(batch.code, actor=actor)
        _step(batch, State.UNDONE, "batch.undo", actor, said="")
    return count


def discard_batch(batch: Batch, *, actor: User) -> None:
    """Drop a batch of which nothing was imported; its file goes, its entry stays."""
    _own(batch, actor)
    with transaction.atomic():
        _step(batch, State.DISCARDED, "batch.discard", actor)
        transaction.on_commit(lambda: shutil.rmtree(batch.folder, ignore_errors=True))


def _step(batch: Batch, state: str, verb: str, actor: User, **to: Any) -> None:
    ledger.step(batch, state, actor=actor, verb=verb, next_states=NEXT, to=to)


def _own(batch: Batch, actor: User) -> None:
    if batch.owner_id != actor.code:
        raise Forbidden(_("只有导入人可以办理这一批次。"))


def _refuse_ending(batch: Batch) -> None:
    if batch.file.suffix not in {*ENDINGS, *UNREAD}:
        sentence = _("只收 .xlsx 和 .csv 表格。请在 Excel 或 WPS 里把“%(name)s”另存为 .xlsx，再上传。") % {
            "name": batch.file_name
        }
        raise Invalid(sentence, {"file": sentence})


def _copy(chunks: Iterable[bytes], kept: IO[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.UPLOAD_BYTES:
            most = settings.UPLOAD_BYTES >> 20
            raise TableError(_("文件超过 %(most)s MB。请分成几个文件上传。") % {"most": most})
        digest.update(chunk)
        kept.write(chunk)
    return digest.hexdigest()
