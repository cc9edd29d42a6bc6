"""The room's rows."""

from duijie.site.matching.models.match import Contact, Inquiry, Match, MatchQuerySet, Task
from duijie.site.matching.models.plan import Plan
from duijie.site.matching.models.run import Answer, Run, Suggestion
from duijie.site.matching.models.verdict import RankingModel, Verdict

__all__ = [
    "Answer",
    "Contact",
    "Inquiry",
    "Match",
    "MatchQuerySet",
    "Plan",
    "RankingModel",
    "Run",
    "Suggestion",
    "Task",
    "Verdict",
]
