"""Organisations, people, teams, roles, mechanisms and their members."""
