"""What a backup is: one .tar.gz of rows and files, and a manifest with the digest of each part.

::

    rows/parties.organisation/000001.jsonl    a list of values a line, in the order that the manifest gives
    files/2026/F-2026-0001                    what people uploaded, as it lies in ``var``
    manifest.json                             last: release, moment, migrations, columns and counts, digests
    manifest.sha256                           of the manifest
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from duijie.site.kernel.errors import Refusal
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 1
FOLDERS = ("files", "imports")
"""What is backed up of ``var``; the search index is built anew from the rows, mail is gone, the secret stays where it is."""
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
_PIECE = 1 << 20


class Damaged(Refusal):
    """The backup is not what was written."""


class Pack:
    """A backup being written, part by part."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=5, mtime=0)
        self._tar = tarfile.open(fileobj=self._zip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  see close
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a part that is in memory."""
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, content: IO[bytes], size: int) -> None:
        """Add ``size`` bytes of ``content``; a file that shrank meanwhile raises OSError."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        reader = _Digesting(content)
        self._tar.addfile(member, reader)
        self.digests[name] = reader.digest.hexdigest()

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and end the file."""
        content = json.dumps({**manifest, "digests": self.digests}, ensure_ascii=False, indent=1).encode()
        self.add(MANIFEST, content)
        self.add(SEAL, hashlib.sha256(content).hexdigest().encode())
        self._tar.close()
        self._zip.close()


class _Digesting:
    def __init__(self, content: IO[bytes]) -> None:
        self._content, self.digest = content, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._content.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def parts_of(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Read a backup's parts in their order; anything that is not a whole backup raises :class:`Damaged`."""
    try:
        with gzip.open(path) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as tar:
            yield _parts(tar)
            while unzipped.read(_PIECE):  # to the end, where gzip's own check is
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise _damaged(path.name) from error


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        content = tar.extractfile(member) if member.isfile() else None
        if content is None or ".." in member.name.split("/") or member.name.startswith("/"):
            raise _damaged(member.name)
        yield member.name, content


def verify(path: Path) -> dict[str, Any]:
    """Read a whole backup, compare every digest, and return its manifest."""
    found: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    with parts_of(path) as parts:
        for name, content in parts:
            digest = hashlib.sha256()
            while piece := content.read(_PIECE):
                digest.update(piece)
                if name in {MANIFEST, SEAL}:
                    kept[name] = kept.get(name, b"") + piece
            found[name] = digest.hexdigest()
    if found.pop(MANIFEST, None) != kept.get(SEAL, b"").decode("ascii", "replace") or found.pop(SEAL, None) is None:
        raise _damaged(MANIFEST)
    manifest: dict[str, Any] = json.loads(kept[MANIFEST])
    for name, digest in manifest["digests"].items():
        if found.pop(name, None) != digest:
            raise _damaged(name)
    if found:
        raise _damaged(next(iter(found)))
    if manifest["format"] != FORMAT:
        raise Refusal(
            say("这份备份由更新的版本写成；请先升级软件。", "a newer release wrote this backup; upgrade first.")
        )
    return manifest


def _damaged(part: str) -> Damaged:
    return Damaged(
        say(
            f"备份已损坏或不完整（{part}），没有恢复任何内容；请换一份备份。",
            f"the backup is damaged or incomplete ({part}); nothing was restored. Take another one.",
        )
    )
