"""Contents on the disk: streamed into a waiting room, moved whole to their place, swept when nobody claims them."""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext as _

from duijie.site.files.models import Attachment, folder
from duijie.site.kernel.errors import Refusal
from duijie.tables.atomic import atomic_path
from duijie.tables.problems import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNCLAIMED_SECONDS = 3600
"""An upload still under way, or not yet committed, is younger than this."""
_CHUNK = 1 << 20


class Incoming(FileUploadHandler):
    """Write what comes in straight to ``files/incoming``; keep nothing of it in memory, nor when it breaks off."""

    chunk_size = 256 * 1024

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self.most = most
        self.file: Any = None
        self.size = 0
        self.stopped = False

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Open the file that takes it."""
        super().new_file(*arguments, **named)
        self.size = 0
        self.file = tempfile.NamedTemporaryFile(dir=incoming(), prefix="upload-")  # noqa: SIM115  closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, and stop reading a file that is larger than allowed."""
        self.size += len(raw_data)
        if self.size > self.most:
            self.file.close()
            self.stopped = True
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Hand over the file, from its beginning."""
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        """Forget a file whose sender went away."""
        if self.file is not None:
            self.file.close()


def incoming() -> Path:
    """Return the waiting room, on the same disk as the files, so that moving is one step."""
    place = folder() / "incoming"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def digest(file: IO[bytes]) -> tuple[str, int]:
    """Return SHA-256 and size of the content."""
    file.seek(0)
    made, size = hashlib.sha256(), 0
    while piece := file.read(_CHUNK):
        made.update(piece)
        size += len(piece)
    return made.hexdigest(), size


@contextmanager
def placed(attachment: Attachment, file: IO[bytes]) -> Iterator[None]:
    """Put the content in its place, on the disk, before what is inside; take it away if that fails."""
    target = attachment.path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _copy(file, target)
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy(file: IO[bytes], target: Path) -> None:
    file.seek(0)
    try:
        with atomic_path(target) as draft:
            draft.chmod(0o600)
            with draft.open("wb") as out:
                shutil.copyfileobj(file, out, _CHUNK)
    except TableError as error:
        raise unwritable(error.__cause__) from error


def unwritable(error: BaseException | None) -> Refusal:
    """Return the refusal for a disk that takes nothing more."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(_("服务器的磁盘满了，文件没有保存。请联系系统管理员清理后再上传。"))
    return Refusal(_("服务器写不了文件，没有保存。请联系系统管理员检查存储目录的权限。"))


def sweep(*, before: float | None = None) -> int:
    """Remove what no attachment claims: uploads cut off by a crash, contents whose entry was never committed."""
    limit = time.time() - UNCLAIMED_SECONDS if before is None else before
    old = [path for path in folder().glob("*/*") if path.is_file() and path.stat().st_mtime < limit]
    claimed = set()
    for start in range(0, len(old), 500):
        names = [path.name for path in old[start : start + 500]]
        claimed |= set(Attachment.objects.filter(code__in=names).values_list("code", flat=True))
    unclaimed = [path for path in old if path.name not in claimed]
    for path in unclaimed:
        with suppress(FileNotFoundError):
            path.unlink()
    return len(unclaimed)


def damaged() -> Iterator[str]:
    """Give the codes of attachments whose content is gone or is not what was taken in."""
    for attachment in Attachment.objects.order_by("code").iterator():
        try:
            with attachment.path.open("rb") as file:
                sound = digest(file) == (attachment.sha256, attachment.size)
        except OSError:
            sound = False
        if not sound:
            yield attachment.code
