"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("<int:number>/read/", views.read, name="read"),
    path("settings/", views.ways, name="settings"),
    path("off/<str:token>/", views.off, name="off"),
]
