"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.demands import views

app_name = "demands"
urlpatterns = [
    path("", views.demands, name="list"),
    path("new/", views.start, name="start"),
    path("export/", views.export, name="export"),
    path("batch/", views.batch, name="batch"),
    path("<str:code>/", views.demand, name="demand"),
    path("<str:code>/form/", views.form, name="form"),
    path("<str:code>/form/<slug:key>/", views.section, name="section"),
    path("<str:code>/check/", views.check, name="check"),
    path("<str:code>/receipt/", views.receipt, name="receipt"),
    path("<str:code>/duplicates/", views.duplicates, name="duplicates"),
    path("<str:code>/duplicates/<str:other>/", views.compare, name="compare"),
    path("<str:code>/recipients/<str:recipient>/take-back/", views.take_back, name="take_back"),
    path("<str:code>/<slug:verb>/", views.decide, name="decide"),
]
