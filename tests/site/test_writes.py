"""Business rows are written through ``ledger.actions`` alone (T7: ``update`` and ``bulk_create`` write no history)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.db import models

from duijie.site.ledger.models import recorded_models

SITE = Path(__file__).resolve().parents[2] / "src" / "duijie" / "site"
WRITES = frozenset(
    """save create update delete bulk_create bulk_update get_or_create update_or_create asave acreate aupdate adelete
    abulk_create abulk_update aget_or_create aupdate_or_create raw_save save_base""".split()
)
ON_ROWS = re.compile(r"\.(objects|_base_manager|_default_manager|versions)\b|\b(objects|rows|queryset)$")
RAW = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE|COPY)\b", re.IGNORECASE)
ALLOWED = {
    "ledger/actions.py": "the door itself",
    "ledger/actions": "the door itself",
    "kernel/codes.py": "running numbers are no business rows",
    "kernel/jobs.py": "progress of jobs is told many times a second and is nobody's act",
    "kernel/worker.py": "progress of jobs, as above",
    "registry/actions.py": "reference data are loaded whole from tables; the ledger keeps the edition",
    "matching/actions/running.py": "answers and suggestions are derived; the digest in their run's entry proves them",
    "notices/actions": "what somebody was told, read and chose is no business row; what he was told of is in the ledger",
    "operations/duties.py": "clears finished jobs away, as above",
    "operations/rows.py": "a restore writes rows together with the ledger that answers for them",
}


def allowed(path: Path) -> bool:
    place = path.relative_to(SITE).as_posix()
    return any(place == one or place.startswith(f"{one}/") for one in ALLOWED)


def written(source: str) -> list[str]:
    """Return the calls in ``source`` that write to a database behind the ledger's back."""
    return [
        f"{node.lineno}: {ast.unparse(node)[:90]}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node, node.func)
    ]


def _writes(call: ast.Call, function: ast.Attribute) -> bool:
    if function.attr in {"execute", "executemany", "raw"}:
        return any(isinstance(one, ast.Constant) and RAW.match(str(one.value)) for one in ast.walk(call))
    if function.attr not in WRITES:
        return False
    if function.attr in {"save", "delete"} and not call.args:
        return True
    if function.attr == "save":
        return False  # a workbook's or a picture's: it names the file
    on = ast.unparse(function.value)
    if function.attr in {"update", "create", "delete"}:
        # dictionaries, digests and the ledger's own verbs have these names as well
        return bool(ON_ROWS.search(on)) or any(isinstance(one, ast.Attribute) for one in _called(function.value))
    return True


def _called(node: ast.expr) -> list[ast.Attribute]:
    """Return the query methods in a chain: ``x.filter(…).update(…)``."""
    chain = []
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in {
                "filter",
                "exclude",
                "all",
                "get",
                "first",
                "last",
            }:
                chain.append(node.func)
            node = node.func
        else:
            node = node.value
    return chain


@pytest.mark.parametrize(
    "line",
    [
        "row.save()",
        "row.delete()",
        "Demand.objects.create(code='x')",
        "Demand.objects.filter(code='x').update(title='y')",
        "Demand.objects.get(code='x').delete()",
        "Demand._base_manager.bulk_create(rows)",
        "form.save(commit=True)",
        "rows.update(state='x')",
        "cursor.execute('update demands_demand set title = 1')",
        "Demand.objects.get_or_create(code='x')",
    ],
)
def test_write_behind_the_ledgers_back_is_noticed(line):
    assert written(line)


@pytest.mark.parametrize(
    "line",
    [
        "ledger.create(row, actor=a)",
        "found.update(other)",
        "digest.update(b'')",
        "cursor.execute('SELECT 1')",
        "book.save(path)",
    ],
)
def test_harmless_call_of_the_same_name_is_left_alone(line):
    assert not written(line)


def test_rooms_write_through_the_ledger_alone():
    found = {
        str(path.relative_to(SITE)): calls
        for path in sorted(SITE.rglob("*.py"))
        if "migrations" not in path.parts and not allowed(path) and (calls := written(path.read_text("utf-8")))
    }
    assert found == {}


def test_every_exception_is_needed():
    """What no longer writes needs no leave to."""
    there = {one for one in ALLOWED if (SITE / one).exists()}
    assert {one for one in there if (SITE / one).is_file() and not written((SITE / one).read_text("utf-8"))} == set()


def test_references_of_recorded_rows_protect_what_they_point_to():
    loose = [
        f"{model.__name__}.{field.name}"
        for model in recorded_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]
    assert loose == []


def test_every_recorded_model_has_versions_in_its_own_room():
    for model in recorded_models():
        assert model.versions.model.__name__ == f"{model.__name__}Version"
        assert model.versions.model._meta.app_label == model._meta.app_label
