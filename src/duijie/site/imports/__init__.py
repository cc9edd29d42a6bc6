"""Sheets in: from a person's own workbook to records, and back again."""
