"""The room's pages, one noun a file."""
