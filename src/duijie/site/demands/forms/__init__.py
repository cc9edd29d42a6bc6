"""What people fill in: the sections of the demand form, decisions, and the list's filters."""

from __future__ import annotations

from duijie.site.demands.forms.decisions import (
    ApartForm,
    DiagnosisForm,
    DirectForm,
    ExitForm,
    MergeForm,
    NoteForm,
    ReopenForm,
    ReturnForm,
)
from duijie.site.demands.forms.filters import DemandFilter
from duijie.site.demands.forms.sections import FORMS, SectionForm, StartForm, section_form, start_form

__all__ = [
    "FORMS",
    "ApartForm",
    "DemandFilter",
    "DiagnosisForm",
    "DirectForm",
    "ExitForm",
    "MergeForm",
    "NoteForm",
    "ReopenForm",
    "ReturnForm",
    "SectionForm",
    "StartForm",
    "section_form",
    "start_form",
]
