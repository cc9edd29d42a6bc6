"""Tests of the site, room by room."""  # noqa: A005  the standard library's `site` is not imported from here
