"""The site's settings with the migrations' linter beside the rooms; it is needed by the gate alone."""

from __future__ import annotations

from duijie.site.settings import *  # noqa: F403
from duijie.site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
