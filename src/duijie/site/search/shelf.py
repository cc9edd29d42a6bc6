"""The index of everything that can be found."""

from __future__ import annotations

from duijie.site.search.following import Cursor, Shelf, open_index
from duijie.site.search.kinds import FACE, by_label

__all__ = ["Cursor", "folder", "follow", "rebuild", "standing"]

SHELF = Shelf("search", by_label, lambda code: (code, code + FACE))
folder = SHELF.folder
standing = SHELF.standing
follow = SHELF.follow
rebuild = SHELF.rebuild

_open = open_index
_write_cursor = SHELF.write_cursor
