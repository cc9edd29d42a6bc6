"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.desk import views

app_name = "desk"
urlpatterns = [path("", views.desk, name="desk")]
