"""The two forms of the room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from duijie.site.files.models import Media
from duijie.site.kernel.forms import LineField, OfficeForm

ENDINGS = ",".join([*(media.ending for media in Media), ".jpeg"])


class AttachForm(OfficeForm):
    """One file. What it is, is decided by its content; the endings only help to choose."""

    file = forms.FileField(
        label=_("选择文件"),
        help_text=_("可以上传 PDF、Word（.docx）、Excel（.xlsx）、PowerPoint（.pptx）、PNG 和 JPG。"),
        max_length=400,
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )


class WithdrawForm(OfficeForm):
    """Why a file is taken back."""

    reason = LineField(label=_("撤下原因"), max_length=200, help_text=_("写给以后查看记录的人，例如“已换成盖章版”。"))
