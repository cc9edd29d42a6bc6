"""Registering and changing organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.codes import take_code, take_codes
from duijie.site.kernel.errors import Invalid, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import numbers, permissions
from duijie.site.parties.checks import check_change, check_row, one_of_each
from duijie.site.parties.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.site.parties.models import User

PLACING = frozenset({"kind", "region"})
"""Who looks after an organisation follows from these, so only an officer sets them."""


def register_organisation(*, actor: User | None, note: str = "", source: str = "", **values: Any) -> Organisation:
    """Register an organisation in a region the actor looks after."""
    [row] = _made([values], actor=actor)
    _refuse_taken(row)
    with one_of_each(_taken()):
        row.code = take_code("O")
        return ledger.create(row, actor=actor, verb="organisation.register", note=note, source=source)


def register_organisations(
    rows: Sequence[Mapping[str, Any]], *, actor: User | None, source: str = ""
) -> Sequence[Organisation]:
    """Register many organisations, all or none."""
    made = _made(rows, actor=actor)
    with one_of_each(_taken()):
        for row, code in zip(made, take_codes("O", count=len(made)), strict=True):
            row.code = code
        return ledger.create_many(made, actor=actor, verb="organisation.register", source=source)


def change_organisation(
    organisation: Organisation,
    *,
    actor: User | None,
    to: Mapping[str, Any],
    expected: int | None = None,
    note: str = "",
) -> None:
    """Change what is known of an organisation; ``expected`` is the revision the actor saw."""
    permissions.only_if(
        permissions.may_change_organisation(actor, organisation),
        _("您不能修改这个单位的信息。请联系该单位或其所在地的科技主管部门。"),
    )
    to = _cleaned(to)
    if _moves(organisation, to):
        permissions.only_if(
            permissions.may_place_organisation(actor, organisation)
            and permissions.looks_after(actor, _region(to, organisation)),
            _("单位类型和所在地由管辖两地的科技主管部门修改，请与其联系。"),
        )
    check_change(organisation, to)
    with one_of_each(_taken()):
        ledger.change(organisation, actor=actor, verb="organisation.change", to=to, note=note, expected=expected)


def keep_apart(organisation: Organisation, other: Organisation, *, actor: User | None) -> None:
    """Record that two organisations that look alike are two; they are not suggested as duplicates again."""
    permissions.only_if(
        permissions.may_merge_organisation(actor, organisation, other),
        _("请由管辖这两个单位所在地的科技主管部门判断。"),
    )
    if organisation.code == other.code:
        raise WrongState(_("这是同一个单位。"))
    first, second = sorted((organisation, other), key=lambda one: one.code)
    ledger.note(first, actor=actor, verb="organisation.distinct", note=second.code)


def _made(rows: Sequence[Mapping[str, Any]], *, actor: User | None) -> list[Organisation]:
    made = [Organisation(**_cleaned(values)) for values in rows]
    for row in made:
        check_row(row)
        permissions.only_if(
            permissions.may_register_organisation(actor, row.region_id),
            _("您只能登记本辖区的单位；其他地区的单位请由当地或自治区科技主管部门登记。"),
        )
    return made


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    for name, read in (("credit_code", numbers.read_credit_code), ("ror", numbers.read_ror)):
        if name in cleaned:
            try:
                cleaned[name] = read(cleaned[name])
            except numbers.WrongNumber as error:
                raise Invalid(str(error), {name: str(error)}) from None
    if "former_names" in cleaned:
        names = (name.strip() for name in cleaned["former_names"].splitlines())
        cleaned["former_names"] = "\n".join(dict.fromkeys(name for name in names if name))
    return cleaned


def _moves(organisation: Organisation, to: Mapping[str, Any]) -> bool:
    return any(_plain(to[name]) != _plain(getattr(organisation, name)) for name in PLACING & to.keys())


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def _region(to: Mapping[str, Any], organisation: Organisation) -> str:
    return str(_plain(to["region"])) if "region" in to else organisation.region_id


def _refuse_taken(row: Organisation) -> None:
    """Say where the number is already registered; the constraint holds against what comes in between."""
    for name, label in (("credit_code", _("统一社会信用代码")), ("ror", _("ROR 编号"))):
        number = getattr(row, name)
        other = number and Organisation.objects.present().filter(**{name: number}).first()
        if other:
            sentence = _("%(label)s %(number)s 已登记为“%(name)s”（%(code)s），请直接使用该单位。") % {
                "label": label,
                "number": number,
                "name": other.name,
                "code": other.code,
            }
            raise Invalid(sentence, {name: sentence})


def _taken() -> dict[str, tuple[str, str]]:
    return {
        "organisation_credit_code_once|organisation.credit_code": (
            "credit_code",
            _("这个统一社会信用代码已经登记过，请在单位名录中查找该单位。"),
        ),
        "organisation_ror_once|organisation.ror": ("ror", _("这个 ROR 编号已经登记过，请在单位名录中查找该单位。")),
    }
