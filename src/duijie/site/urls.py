"""Every address of the site; this file alone sees every room."""

from __future__ import annotations

from django.urls import include, path

from duijie.site.kernel import views
from duijie.site.kernel.preferences import set_size

urlpatterns = [
    path("", include("duijie.site.desk.urls")),
    path("demands/", include("duijie.site.demands.urls")),
    path("offers/", include("duijie.site.offers.urls")),
    path("matching/", include("duijie.site.matching.urls")),
    path("notices/", include("duijie.site.notices.urls")),
    path("parties/", include("duijie.site.parties.urls")),
    path("imports/", include("duijie.site.imports.urls")),
    path("search/", include("duijie.site.search.urls")),
    path("files/", include("duijie.site.files.urls")),
    path("registry/", include("duijie.site.registry.urls")),
    path("ledger/", include("duijie.site.ledger.urls")),
    path("jobs/", include("duijie.site.kernel.urls")),
    path("accounts/", include("allauth.urls")),
    path("size/", set_size, name="size"),
    path("language/", include("django.conf.urls.i18n")),
    path("favicon.ico", views.favicon, name="favicon"),
]
