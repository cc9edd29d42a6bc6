"""The path of a demand: which state may follow which, where it ends, and whose turn it is in each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where a demand stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", pgettext_lazy("state", "退回修改")
    LOCAL_REVIEW = "local_review", _("初审中")
    REFINEMENT = "refinement", _("凝练中")
    REGIONAL_REVIEW = "regional_review", _("复审中")
    ACCEPTED = "accepted", _("已受理")
    PUBLISHED = "published", _("已发布")
    DIRECTED = "directed", _("已定向推送")
    MATCHING = "matching", _("对接中")
    IN_TALKS = "in_talks", _("洽谈中")
    INTENDED = "intended", _("拟签约")
    SIGNED = "signed", _("已签约")
    UNDER_WAY = "under_way", _("实施中")
    DELIVERED = "delivered", _("已验收")
    FAILED = "failed", _("验收未通过")
    FOLLOWED_UP = "followed_up", _("已回访")
    REFUSED = "refused", _("不予受理")
    MERGED = "merged", _("已合并")
    LONG_TERM = "long_term", _("转长期攻关")
    WITHDRAWN = "withdrawn", _("已撤回")
    FELL_THROUGH = "fell_through", _("对接未成")
    FROZEN = "frozen", _("已冻结")


S = State
_REVIEW_ENDS = (S.REFUSED, S.MERGED, S.LONG_TERM, S.WITHDRAWN)
_SEARCH_ENDS = (S.MERGED, S.LONG_TERM, S.WITHDRAWN, S.FROZEN)

NEXT: dict[str, frozenset[str]] = {
    state: frozenset(following)
    for state, following in {
        S.DRAFT: (S.SUBMITTED, S.WITHDRAWN),
        S.SUBMITTED: (S.LOCAL_REVIEW, S.RETURNED, S.MERGED, S.WITHDRAWN),
        S.RETURNED: (S.SUBMITTED, S.WITHDRAWN),
        S.LOCAL_REVIEW: (S.REFINEMENT, S.REGIONAL_REVIEW, S.RETURNED, *_REVIEW_ENDS),
        S.REFINEMENT: (S.LOCAL_REVIEW, S.REGIONAL_REVIEW, S.WITHDRAWN),
        S.REGIONAL_REVIEW: (S.ACCEPTED, S.REFINEMENT, S.RETURNED, *_REVIEW_ENDS),
        S.ACCEPTED: (S.PUBLISHED, S.DIRECTED, S.MATCHING, *_SEARCH_ENDS),
        S.PUBLISHED: (S.DIRECTED, S.MATCHING, *_SEARCH_ENDS),
        S.DIRECTED: (S.PUBLISHED, S.MATCHING, *_SEARCH_ENDS),
        S.MATCHING: (S.IN_TALKS, S.FELL_THROUGH, *_SEARCH_ENDS),
        S.IN_TALKS: (S.MATCHING, S.INTENDED, S.LONG_TERM, S.WITHDRAWN, S.FELL_THROUGH),
        S.INTENDED: (S.IN_TALKS, S.SIGNED, S.WITHDRAWN, S.FELL_THROUGH),
        S.SIGNED: (S.UNDER_WAY, S.FELL_THROUGH),
        S.UNDER_WAY: (S.DELIVERED, S.FAILED),
        S.DELIVERED: (S.FOLLOWED_UP,),
        S.FAILED: (S.FOLLOWED_UP,),
        S.LONG_TERM: (S.ACCEPTED, S.REGIONAL_REVIEW, S.MERGED, S.WITHDRAWN),
        S.FROZEN: (S.ACCEPTED, S.MERGED, S.WITHDRAWN),
        S.FELL_THROUGH: (S.MATCHING, S.LONG_TERM, S.WITHDRAWN),
        S.WITHDRAWN: (S.DRAFT,),
        S.FOLLOWED_UP: (),
        S.REFUSED: (),
        S.MERGED: (),
    }.items()
}

EXITS = frozenset({S.REFUSED, S.MERGED, S.LONG_TERM, S.WITHDRAWN, S.FELL_THROUGH, S.FROZEN})
WITH_REASON = EXITS - {S.MERGED}
"""Exits that need a reason code; a merged demand names the other one instead."""
BY_OWNER = frozenset({S.DRAFT, S.RETURNED, S.REFINEMENT})
"""It is the organisation's turn to write."""
BY_LOCAL = frozenset({S.SUBMITTED, S.LOCAL_REVIEW})
BY_HOME = frozenset({S.REGIONAL_REVIEW, S.ACCEPTED})
OPEN = frozenset({S.PUBLISHED, S.DIRECTED, S.MATCHING})
"""An answer is being looked for."""
EXPIRING = frozenset({S.ACCEPTED, *OPEN})
"""Frozen when the demand's own deadline has passed; later states have somebody who answers for them."""
PASSED_REVIEW = (
    frozenset(S.values) - BY_OWNER - BY_LOCAL - {S.REGIONAL_REVIEW, S.REFUSED, S.MERGED, S.WITHDRAWN, S.LONG_TERM}
)
"""Nobody comes to these without having been accepted."""
SHOWN = frozenset(S.values) - BY_OWNER - BY_LOCAL - {S.REGIONAL_REVIEW, S.ACCEPTED, S.REFUSED, S.MERGED, S.WITHDRAWN}
"""Where a demand once published may still be seen by others."""

DAYS = {S.SUBMITTED: 5, S.LOCAL_REVIEW: 10, S.RETURNED: 20, S.REFINEMENT: 20, S.REGIONAL_REVIEW: 10, S.ACCEPTED: 5}
"""Working days after which a step is overdue."""


class ExitReason(models.TextChoices):
    """Why a demand left the path."""

    NOT_TECHNICAL = "not_technical", _("不属于技术需求")
    NOT_TRUE = "not_true", _("内容不实或无法核实")
    NOT_ALLOWED = "not_allowed", _("不符合法律法规或产业政策")
    SOLVED = "solved", _("已自行解决或已有成熟方案")
    NEED_GONE = "need_gone", _("情况变化，不再需要")
    SECRET = "secret", _("涉及商业秘密，不宜公开")
    TOO_HARD = "too_hard", _("近期难以解决，转入揭榜挂帅")
    NO_ANSWER = "no_answer", _("多次对接仍无合适的供给方")
    TECHNOLOGY = "technology", _("技术路线或指标谈不拢")
    PRICE = "price", _("价格或经费谈不拢")
    RIGHTS = "rights", _("知识产权谈不拢")
    TIME = "time", _("进度要求谈不拢")
    PARTNER_LEFT = "partner_left", _("对方退出")
    DEADLINE = "deadline", _("已过要求完成时间")
    OTHER = "other", _("其他")


REASONS: dict[str, tuple[ExitReason, ...]] = {
    S.REFUSED: (
        ExitReason.NOT_TECHNICAL,
        ExitReason.NOT_TRUE,
        ExitReason.NOT_ALLOWED,
        ExitReason.SOLVED,
        ExitReason.OTHER,
    ),
    S.WITHDRAWN: (ExitReason.NEED_GONE, ExitReason.SOLVED, ExitReason.SECRET, ExitReason.OTHER),
    S.LONG_TERM: (ExitReason.TOO_HARD, ExitReason.NO_ANSWER, ExitReason.OTHER),
    S.FELL_THROUGH: (
        ExitReason.TECHNOLOGY,
        ExitReason.PRICE,
        ExitReason.RIGHTS,
        ExitReason.TIME,
        ExitReason.PARTNER_LEFT,
        ExitReason.NEED_GONE,
        ExitReason.OTHER,
    ),
    S.FROZEN: (ExitReason.DEADLINE,),
}
"""Which reasons may be given for which exit."""
