"""A file is whole or it is not there."""

from __future__ import annotations

import contextlib
import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from duijie.tables.problems import TableError
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; at the end it takes the place of ``path``, in one step and on the disk.

    After any exception, Ctrl-C included, what was at ``path`` is still there and nothing else is. A pipe or a device
    cannot be replaced and is given as it is. Raises :class:`TableError` if the place cannot be written to.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        yield target
        return
    _check_place(target)
    draft = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}.tmp{target.suffix}")
    try:
        draft.touch(exist_ok=False)
        yield draft
        _settle(draft, target)
    except OSError as error:
        if error.filename not in (None, str(draft), draft, str(target), target):
            raise  # whoever gave the rows failed, not the writing of them
        raise _unwritable(target, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _check_place(target: Path) -> None:
    if target.is_dir():
        raise TableError(
            say(f"{target} 是文件夹；请给出要写的文件名。", f"{target} is a folder; name the file to write.")
        )
    if not target.parent.is_dir():
        raise TableError(
            say(
                f"没有文件夹 {target.parent}；请先建好，或换个地方。",
                f"there is no folder {target.parent}; create it, or choose another.",
            )
        )


def _settle(draft: Path, target: Path) -> None:
    if target.exists():
        draft.chmod(target.stat().st_mode & 0o7777)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    with contextlib.suppress(OSError):  # Windows opens no folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unwritable(target: Path, error: OSError) -> TableError:
    why = error.strerror or str(error)
    return TableError(
        say(
            f"写不了 {target}（{why}）；请检查磁盘空间和权限，并在别的程序里关闭这个文件。",
            f"cannot write {target} ({why}); check free space and permissions, and close the file in other programs.",
        )
    )
