"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.files import views

app_name = "files"
urlpatterns = [
    path("attach/<str:kind>/<str:code>/", views.attach, name="attach"),
    path("<str:code>/", views.download, name="download"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
