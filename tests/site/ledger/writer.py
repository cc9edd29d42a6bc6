"""A process that writes until it is killed, and says after each write what has been acknowledged: one code a line."""

from __future__ import annotations

import sys


def work(address: str, first: int) -> None:
    import django
    from django.conf import settings

    from duijie.site.databases import database

    settings.DATABASES["default"] = database(address, var=settings.VAR)
    django.setup()
    from duijie.site.ledger import actions
    from tests.site.ledger.parcels import NEXT, OWNER, State, parcel

    for number in range(first, first + 10_000):
        row = actions.create(parcel(f"P-{number:06}"), actor=OWNER, verb="parcel.make")
        actions.step(row, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT, to={"number": number})
        print(row.code, flush=True)
        actions.create_many([parcel(f"Q-{number:06}-{n}") for n in range(20)], actor=OWNER, verb="parcel.import")
        print(f"Q-{number:06}", flush=True)


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]))
