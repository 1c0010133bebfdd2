from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why something is done; the log keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=2_000,
        help_text=_("A sentence that somebody else understands a year from now."),
    )

    def __init__(self, *args, label=None, **kwargs):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label


class FileForm(forms.Form):
    """A file that is kept as evidence."""

    file = forms.FileField(label=_("File"), help_text=_("A picture or a PDF."))
