"""What is done with notices: told, mailed, read, and turned off."""

from __future__ import annotations

from duijie.site.notices.actions.choosing import choose_ways, end_mails, mark_seen, off_token, read_off_token
from duijie.site.notices.actions.jobs import tell_of_jobs
from duijie.site.notices.actions.posting import follow, post_digests, post_waiting
from duijie.site.notices.actions.telling import in_words, tell, write_to

__all__ = [
    "choose_ways",
    "end_mails",
    "follow",
    "in_words",
    "mark_seen",
    "off_token",
    "post_digests",
    "post_waiting",
    "read_off_token",
    "tell",
    "tell_of_jobs",
    "write_to",
]
