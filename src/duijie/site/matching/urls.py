"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from duijie.site.matching.views import (
    answer,
    candidates,
    chains,
    exposure,
    judging,
    listing,
    models,
    page,
    plans,
    runs,
    steps,
    tasks,
)

app_name = "matching"
urlpatterns = [
    path("", listing.matches, name="list"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    path("chains/", chains.chains, name="chains"),
    path("chains/<str:code>/", chains.chain, name="chain"),
    path("chains/<str:code>/records/", chains.records, name="chain_records"),
    path("demands/<str:code>/", candidates.candidates, name="candidates"),
    path("demands/<str:code>/compare/", candidates.compare, name="compare"),
    path("demands/<str:code>/run/", candidates.run_demand, name="run_demand"),
    path("export/", listing.export, name="export"),
    path("exposure/", exposure.exposure, name="exposure"),
    path("exposure/export/", exposure.export, name="export_exposure"),
    path("exposure/records/", exposure.records, name="exposure_records"),
    path("judge/", judging.judge, name="judge"),
    path("models/", models.models, name="models"),
    path("models/learn/", models.learn, name="learn"),
    path("models/<str:code>/", models.model, name="model"),
    path("models/<str:code>/restore/", models.restore, name="restore_model"),
    path("new/", runs.run_all, name="run_all"),
    path("offers/<str:code>/", candidates.needs, name="offer"),
    path("offers/<str:code>/run/", candidates.run_offer, name="run_offer"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<str:code>/", plans.plan, name="plan"),
    path("plans/<str:code>/adjust/", plans.adjust, name="adjust_plan"),
    path("plans/<str:code>/confirm/", plans.confirm, name="confirm_plan"),
    path("plans/<str:code>/discard/", plans.discard, name="discard_plan"),
    path("plans/<str:code>/export/", plans.export, name="export_plan"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<str:code>/", runs.run, name="run"),
    path("suggestions/<int:number>/", candidates.suggestion, name="suggestion"),
    path("suggestions/<int:number>/replay/", candidates.replay, name="replay"),
    path("suggestions/<int:number>/take/", steps.take_up, name="take_up"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<str:code>/<slug:verb>/", tasks.settle, name="task"),
    path("verdicts/", judging.verdicts, name="verdicts"),
    path("<str:code>/", page.match, name="match"),
    path("<str:code>/claim/", steps.claim, name="claim"),
    path("<str:code>/inquiries/<str:inquiry>/recall/", steps.recall, name="recall"),
    path("<str:code>/<slug:verb>/", steps.step, name="step"),
]
