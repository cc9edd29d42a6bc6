"""What happens around every request: its language, the end of idle sessions, and one answer for each refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from duijie import words
from duijie.site.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Answer = Callable[[HttpRequest], HttpResponse]


def speak(answer: Answer) -> Answer:
    """Let the engine's and the tables' sentences speak the language of the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        words.speak("en" if (translation.get_language() or "zh").startswith("en") else "zh")
        return answer(request)

    return middleware


def time_out(answer: Answer) -> Answer:
    """End a session that was idle too long, or is too old, whatever its cookie says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            began, seen = request.session.get("began", now), request.session.get("seen", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, _("您有一段时间没有操作，已自动退出。请重新登录。"))
            else:
                request.session.setdefault("began", began)
                if now - seen > 60 or "seen" not in request.session:
                    request.session["seen"] = now
        return answer(request)

    return middleware


class answer_errors:  # noqa: N801  a middleware is named as the others are
    """Turn a refusal into its page: what cannot be done, why, and what to do next."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave everything else to Django."""
        if isinstance(error, Http404) or not isinstance(error, Refusal):
            return None
        return render(request, "kernel/refused.html", {"refusal": error}, status=error.status)
