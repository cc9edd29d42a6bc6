"""What ``duijie ledger verify | seal | show CODE`` do: lines to print, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from duijie.site.ledger import actions, queries
from duijie.site.ledger.models import Check, Entry
from duijie.site.ledger.verify import verify as verify_ledger

if TYPE_CHECKING:
    from duijie.site.ledger.verify import Verdict

SHOWN = 20
"""So many findings are listed; where one row was tampered with, more seldom help."""


class Outcome(NamedTuple):
    """What to print, and what the process answers."""

    lines: list[str]
    code: int


def verify(head: str = "") -> Outcome:
    """Verify everything; ``head`` is one printed on a bulletin. The outcome is kept for the ledger's page."""
    kept = Check.objects.filter(finding="").exclude(head="").order_by("-id").values_list("head", flat=True)[:1]
    verdict = verify_ledger(heads=[one for one in (head, *kept) if one])
    first = verdict.findings[0] if verdict.findings else None
    actions.keep_check(
        entries=verdict.entries,
        seconds=verdict.seconds,
        head=verdict.head,
        finding=f"{first.subject}：{first.sentence}" if first else "",
    )
    return Outcome(_sound(verdict) if verdict.sound else _unsound(verdict), 0 if verdict.sound else 1)


def seal() -> Outcome:
    """Seal what no seal covers yet."""
    made = actions.seal()
    if made is None:
        return Outcome([_("没有新的记录需要封存。")], 0)
    return Outcome([_("已封存 %(count)s 条记录，封印 %(head)s。") % {"count": made.count, "head": made.head}], 0)


def show(code: str) -> Outcome:
    """Tell the life of whatever has this code."""
    lines = queries.told_lines(code)
    return Outcome(lines, 0) if lines else Outcome([_("账本里没有 %s。请核对编号。") % code], 1)


def _sound(verdict: Verdict) -> list[str]:
    words = {
        "entries": verdict.entries,
        "rows": verdict.rows,
        "seals": verdict.seals,
        "seconds": f"{verdict.seconds:.1f}",
    }
    lines = [_("账本完好：%(entries)s 条记录、%(rows)s 行数据、%(seals)s 枚封印全部相符（%(seconds)s 秒）。") % words]
    if verdict.head:
        lines.append(_("最近的封印 %s") % verdict.head)
    unsealed = Entry.objects.unsealed().count()
    if unsealed:
        lines.append(_("其中 %s 条尚未封存。") % unsealed)
    return lines


def _unsound(verdict: Verdict) -> list[str]:
    lines = [_("账本有 %s 处不符，最先是：") % len(verdict.findings)]
    lines += [f"  {finding.subject}：{finding.sentence}" for finding in verdict.findings[:SHOWN]]
    if len(verdict.findings) > SHOWN:
        lines.append(_("  另有 %s 处。") % (len(verdict.findings) - SHOWN))
    lines.append(_("请先保存一份现状备份，不要再改动，再与最近的备份对照。"))
    return lines
