"""The few files of other makers that pages load. What else their packages hold cannot be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterable

FILES = {
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}
"""Where a page finds a file, and where ``npm ci`` put it."""


class VendorFinder(BaseFinder):
    """Finds them in ``settings.NODE_MODULES``."""

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """Return where the file stands, or nothing."""
        place = settings.NODE_MODULES / FILES[path] if path in FILES else None
        found = [str(place)] if place is not None and place.is_file() else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Name each file and the storage that opens it."""
        for path, source in FILES.items():
            place = settings.NODE_MODULES / source
            if place.is_file():
                storage: Any = FileSystemStorage(location=place.parent)
                storage.prefix = path.rpartition("/")[0]
                yield place.name, storage
