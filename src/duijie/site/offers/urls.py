"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.offers.views import listing, page, steps, writing

app_name = "offers"
urlpatterns = [
    path("", listing.offers, name="list"),
    path("export/", listing.export, name="export"),
    path("batch/", listing.batch, name="batch"),
    path("new/", writing.start, name="start"),
    path("<str:code>/", page.offer, name="offer"),
    path("<str:code>/trail/", page.trail, name="trail"),
    path("<str:code>/form/", writing.tasks, name="form"),
    path("<str:code>/form/<str:key>/", writing.section, name="section"),
    path("<str:code>/check/", writing.check, name="check"),
    path("<str:code>/receipt/", writing.receipt, name="receipt"),
    path("<str:code>/recipients/<str:recipient>/end/", steps.end_recipient, name="end_recipient"),
    path("<str:code>/<str:verb>/", steps.step, name="step"),
]
