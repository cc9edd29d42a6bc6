"""Attachments: kept, typed, and handed only to those who may see what they belong to."""
