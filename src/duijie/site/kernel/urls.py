"""The room's addresses: jobs and their progress."""

from __future__ import annotations

from django.urls import path

from duijie.site.kernel import views

app_name = "kernel"
urlpatterns = [
    path("", views.job_list, name="jobs"),
    path("<str:code>/", views.job_page, name="job"),
    path("<str:code>/cancel/", views.job_cancel, name="cancel"),
]
