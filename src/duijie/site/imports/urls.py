"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("new/<slug:noun>/", views.upload, name="upload"),
    path("template/<slug:noun>.xlsx", views.template, name="template"),
    path("<str:code>/", views.batch, name="batch"),
    path("<str:code>/map/", views.map_columns, name="map"),
    path("<str:code>/again/", views.again, name="again"),
    path("<str:code>/confirm/", views.confirm, name="confirm"),
    path("<str:code>/retry/", views.retry, name="retry"),
    path("<str:code>/give-up/", views.give_up, name="give_up"),
    path("<str:code>/records/", views.records, name="records"),
    path("<str:code>/undo/", views.undo, name="undo"),
    path("<str:code>/discard/", views.discard, name="discard"),
    path("<str:code>/marked.xlsx", views.marked, name="marked"),
]
