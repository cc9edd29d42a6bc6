"""What people call what happens to organisations, teams, mechanisms, accounts and grants."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "organisation.register": _("登记单位"),
    "organisation.change": _("修改单位信息"),
    "organisation.merge": _("合并到另一单位"),
    "organisation.absorb": _("并入重复登记的单位"),
    "organisation.move": _("随单位合并转移"),
    "organisation.withdraw": _("撤销登记"),
    "organisation.distinct": _("注明不是同一单位"),
    "team.register": _("登记团队"),
    "team.change": _("修改团队信息"),
    "team.confirm": _("确认团队信息"),
    "team.dissolve": _("停用团队"),
    "team.join": _("加入团队"),
    "team.leave": _("离开团队"),
    "mechanism.found": _("建立合作机制"),
    "mechanism.change": _("修改合作机制"),
    "mechanism.admit": _("加入合作机制"),
    "mechanism.release": _("退出合作机制"),
    "mechanism.appoint": _("列入领导小组"),
    "mechanism.relieve": _("卸任领导小组职务"),
    "account.open": _("开通账号"),
    "account.change": _("修改个人资料"),
    "account.password": _("修改密码"),
    "account.suspend": _("停用账号"),
    "account.restore": _("恢复账号"),
    "account.end_sessions": _("退出其他登录"),
    "grant.give": _("授予角色"),
    "grant.revoke": _("收回角色"),
    "invitation.send": _("发出邀请"),
    "invitation.renew": _("更换邀请链接"),
    "invitation.withdraw": _("撤回邀请"),
    "invitation.accept": _("接受邀请"),
}
