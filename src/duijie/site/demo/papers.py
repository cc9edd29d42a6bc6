"""Papers that people attach: a small PDF that says what it is."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from django.http import Http404

from duijie.site.files.actions import attach_file

if TYPE_CHECKING:
    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User


def attach(subject: Recorded, name: str, *, actor: User) -> None:
    """Attach a one-page sample to something, if its kind takes attachments."""
    with suppress(Http404):
        attach_file(subject, BytesIO(_page(subject.code)), name=name, actor=actor)


def _page(text: str) -> bytes:
    """Return a whole PDF of one page with one line of Latin text."""
    drawn = f"BT /F1 18 Tf 72 720 Td (Sample attachment of {text}) Tj ET".encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    page, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(page))
        page += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(page))
    return page + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end
