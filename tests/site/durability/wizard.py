"""Somebody who imports a sheet of demands over HTTP."""

from __future__ import annotations

from .served import Browser, wait_for

PATIENCE = 300.0


class Wizard:
    """The steps, each until its work is done."""

    def __init__(self, port: int, session: str) -> None:
        self.browser = Browser(port, session, timeout=PATIENCE)
        self.code = ""

    def upload(self, content: bytes) -> None:
        status, where, page = self.browser.upload("/imports/new/demands/", "demands.xlsx", content)
        assert status == 302, (status, page.decode()[:3000])
        self.code = where.rstrip("/").rsplit("/", 1)[1]

    def check(self) -> None:
        batch = self.batch()
        chosen = {f"column-{n}": batch.mapping.get(header, "") for n, header in enumerate(batch.headers)}
        assert self.browser.post(f"/imports/{self.code}/map/", **chosen)[0] == 302
        self._until("checked")
        assert not self.batch().bad, f"{self.batch().bad} rows are bad"

    def run(self) -> None:
        assert self.browser.post(f"/imports/{self.code}/confirm/")[0] == 302
        self._until("imported")

    def batch(self):
        from duijie.site.imports.models import Batch

        return Batch.objects.get(code=self.code)

    def _until(self, state: str) -> None:
        def there() -> bool:
            batch = self.batch()
            assert batch.state != "failed", batch.said
            return batch.state == state

        wait_for(there, PATIENCE, nap=0.1)
