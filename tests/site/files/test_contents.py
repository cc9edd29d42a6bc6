"""What a file is, by its content; what is turned away, and how fast."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from duijie.site.files.contents import recognise
from duijie.site.files.models import Media
from duijie.site.files.names import clean_title
from duijie.site.kernel.errors import Invalid
from tests.site.files.conftest import JPEG, PDF, office, png


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (PDF, Media.PDF),
        (office(), Media.DOCX),
        (office("spreadsheetml.sheet"), Media.XLSX),
        (office("presentationml.presentation"), Media.PPTX),
        (png(), Media.PNG),
        (JPEG, Media.JPEG),
    ],
)
def test_content_decides_what_a_file_is(content, media):
    assert recognise(io.BytesIO(content)) is media


def plain_zip():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a")
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00 program",
        b"#!/bin/sh\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old office",
        b"GIF89a<script>",
        b" %PDF-1.7 %%EOF",
        b"%PDF-1.7 cut off",
        b"PK\x03\x04 broken",
        plain_zip(),
        office(word__vbaProject=b"macro"),
        png(0, 8),
        png()[:20],
        b"\xff\xd8\xff\xe0\x00",
        b"\xff\xd8\xff\xe0\x00\x00",
    ],
)
def test_what_is_not_on_the_list_is_turned_away_with_a_sentence(content):
    with pytest.raises(Invalid) as refusal:
        recognise(io.BytesIO(content))
    assert str(refusal.value).endswith("。")
    assert "file" in refusal.value.fields


@pytest.mark.parametrize(
    "bomb",
    [
        office(word__media=b"\0" * 150_000_000),
        office(**{f"m{n}": b"x" for n in range(1_100)}),
        png(60_000, 60_000),
    ],
    ids=["ratio", "members", "pixels"],
)
def test_bombs_are_refused_at_once(bomb):
    began = time.perf_counter()
    with pytest.raises(Invalid):
        recognise(io.BytesIO(bomb))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("证书.pdf", "证书.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\windows\\报告.PDF", "报告.pdf"),
        ("报告.pdf.exe", "报告_pdf.pdf"),
        ("报告v1.2.pdf", "报告v1.2.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ('a"b<c>\r\n.pdf', "a_b_c_.pdf"),
        ("....", "附件.pdf"),
        ("", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_lose_what_could_do_harm(name, title):
    assert clean_title(name, Media.PDF) == title
