"""Of other makers' packages only what pages load can be reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from duijie.site.kernel.vendor import FILES

ROOT = Path(__file__).resolve().parents[3]
needs_npm_ci = pytest.mark.skipif(not settings.NODE_MODULES.is_dir(), reason="npm ci has not been run")


@needs_npm_ci
@pytest.mark.parametrize("path", FILES)
def test_vendor_file_is_found(path):
    assert Path(finders.find(path)).is_file()


@needs_npm_ci
@pytest.mark.parametrize(
    "path",
    [
        "vendor/tabler/css/tabler.css",
        "vendor/tabler/js/tabler.min.js",
        "vendor/echarts/extension/dataTool.js",
        "vendor/htmx/package.json",
    ],
)
def test_other_files_of_the_packages_are_not_found(path):
    assert not finders.find(path)


def test_lock_names_no_place_to_download_from():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    lock = json.loads(text)
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all(
        "resolved" not in package and package["integrity"].startswith("sha512-") for package in packages.values()
    )
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
