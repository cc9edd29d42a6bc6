"""Merging an organisation that was entered twice: everything that refers to it moves; it stays, and leaves every count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Invalid, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import permissions
from duijie.site.parties.references import merge_preview

if TYPE_CHECKING:
    from duijie.site.parties.models import Organisation, User
    from duijie.site.parties.references import Reference


def merge_organisation(organisation: Organisation, *, into: Organisation, actor: User | None, note: str = "") -> None:
    """Merge ``organisation`` into ``into``: move every reference, fill what ``into`` lacks, keep its names as former ones."""
    permissions.only_if(
        permissions.may_merge_organisation(actor, organisation, into),
        _("合并单位须由管辖两个单位所在地的科技主管部门办理。"),
    )
    with transaction.atomic():
        _hold(organisation, into)
        _refuse_merged(organisation, into)
        preview = merge_preview(organisation, into)
        if preview.clashes:
            raise Invalid(preview.clashes[0])
        ledger.change(organisation, actor=actor, verb="organisation.merge", to={"merged_into": into}, note=note)
        for reference in preview.references:
            _move(reference, into, actor=actor, source=organisation.code)
        ledger.change(into, actor=actor, verb="organisation.absorb", to=preview.gains, note=organisation.code)


def _hold(*pair: Organisation) -> None:
    """Lock both, in one order so that nobody waits in a ring, and read them as they now are."""
    held = type(pair[0])._base_manager.select_for_update().order_by("pk").in_bulk([one.pk for one in pair])
    for one in pair:
        one.merged_into_id, one.withdrawn_on = held[one.pk].merged_into_id, held[one.pk].withdrawn_on


def _move(reference: Reference, into: Organisation, *, actor: User | None, source: str) -> None:
    changes: list[tuple[Any, dict[str, Any]]] = [
        (row, {reference.field: into, **(_ended(row) if row.pk in reference.doubled else {})})
        for row in reference.rows()
    ]
    ledger.change_many(changes, actor=actor, verb="organisation.move", note=source)


def _ended(row: Any) -> dict[str, Any]:
    return {"valid_to": max(clock.today(), row.valid_from)}


def _refuse_merged(organisation: Organisation, into: Organisation) -> None:
    if organisation.code == into.code:
        raise WrongState(_("不能把单位合并到它自己。"))
    for one in (organisation, into):
        if one.merged_into_id is not None:
            raise WrongState(
                _("“%(name)s”已合并到 %(into)s，不能再次合并。") % {"name": one.name, "into": one.merged_into_id}
            )
        if one.withdrawn_on is not None:
            raise WrongState(_("“%(name)s”已撤销登记，不能合并。") % {"name": one.name})
