"""Lists taken away as files: .xlsx or .csv, written row by row to disk and handed out from there; nothing in them is live."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.http import FileResponse, Http404

from duijie.site.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duijie.tables.write import Value

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def file_of(name: str, headers: Sequence[str], rows: Iterable[Sequence[Value]], *, ending: str) -> FileResponse:
    """Write the rows under ``headers`` to a file called after ``name`` and today, and hand it out."""
    from duijie.tables.write import write_rows  # noqa: PLC0415  the writers only where one writes

    if ending not in TYPES:
        raise Http404
    with TemporaryDirectory(prefix="duijie-") as folder:
        path = f"{folder}/export.{ending}"
        write_rows(path, headers, rows, sheet=name)
        # the open file outlives its name
        file = open(path, "rb")  # noqa: PTH123, SIM115
    whole = f"{name}-{clock.today():%Y%m%d}.{ending}"
    return FileResponse(file, content_type=TYPES[ending], as_attachment=True, filename=whole)
