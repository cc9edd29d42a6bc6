"""An object with attachments, and files of every sort."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duijie.site.offers import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Organisation, User

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + b"\xff\xc0\x00\x0b\x08\x00\x40\x00\x40\x01\x01\x11\x00\xff\xd9"


def png(width: int = 8, height: int = 8) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def office(kind: str = "wordprocessingml.document", **members: bytes) -> bytes:
    main = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", main)
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".bin", content)
    return made.getvalue()


@pytest.fixture
def offer(university: Organisation, research_office: User) -> Offer:
    """A draft of the university."""
    return actions.start_offer(organisation=university, title="耐旱甘蓝", kind="achievement", actor=research_office)


@pytest.fixture
def upload(client_of: Any) -> Callable[..., Any]:
    """Send a file as a browser does."""

    def send(subject: Offer, person: User, content: bytes, name: str = "证书.pdf", **more: Any) -> Any:
        sent = SimpleUploadedFile(name, content)
        return client_of(person).post(f"/files/attach/offers.offer/{subject.code}/", {"file": sent}, **more)

    return send
