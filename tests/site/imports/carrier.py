"""A worker in a process of its own, to be killed: it says that it has begun, and works off what is waiting."""

from __future__ import annotations

import sys
from pathlib import Path


def work(address: str, var: str) -> None:
    import django
    from django.conf import settings

    from duijie.site.databases import database

    settings.VAR = Path(var)
    settings.DATABASES["default"] = database(address, var=settings.VAR)
    django.setup()
    from duijie.site.kernel import worker

    print("begun", flush=True)
    worker.work_off("killed")


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
