"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.entries, name="entries"),
]
