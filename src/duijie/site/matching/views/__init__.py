"""The room's pages, one concern a file."""
