"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.registry import views

app_name = "registry"
urlpatterns = [
    path("", views.home, name="home"),
    path("regions/", views.regions, name="regions"),
    path("regions/<str:code>/", views.region, name="region"),
    path("industries/", views.industries, name="industries"),
    path("industries/<str:code>/", views.industry, name="industry"),
    path("disciplines/", views.disciplines, name="disciplines"),
    path("disciplines/<str:code>/", views.discipline, name="discipline"),
    path("chains/", views.chains, name="chains"),
    path("chains/<str:code>/", views.chain, name="chain"),
    path("kinds/", views.kinds, name="kinds"),
    path("days/", views.days, name="days"),
]
