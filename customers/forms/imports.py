from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.ingest.mapping import LARGEST, Mapping, parse_mapping
from customers.ingest.plain import plain_mapping
from customers.ingest.targets import TARGETS
from customers.rules.uploads import foreign_kind
from customers.services.imports import stored_mappings
from pages.forms import form_helper

MOST_FILES = 50


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files; cleans to a list."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        given = data if isinstance(data, (list, tuple)) else [data]
        if len(given) > MOST_FILES:
            raise ValidationError(_("Choose at most %(most)s files.") % {"most": MOST_FILES})
        # An empty file is a file too: it simply holds no rows.
        files = [forms.FileField(allow_empty_file=True, max_length=300).clean(one, initial) for one in given]
        for file in files:
            check_upload(file)
        names = [file.name for file in files]
        if len(set(names)) < len(names):
            raise ValidationError(_("Two of the files have one name: rename one."))
        return files


def check_upload(file):
    """Refuse what is too large, or by its first bytes no file of rows: its name says nothing."""
    if file.size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // 2**20
        raise ValidationError(_("%(name)s is larger than %(most)s MB: split it.") % {"name": file.name, "most": most})
    kind = foreign_kind(file.name, file.read(16))
    file.seek(0)
    if kind:
        raise ValidationError(
            _("%(name)s is in truth %(kind)s: choose files of text with one row a line, plain or as .gz.")
            % {"name": file.name, "kind": kind}
        )


class ImportForm(forms.Form):
    target = forms.ChoiceField(
        label=_("The file holds"),
        required=False,
        help_text=_("For one file whose columns are named as the fields below. Otherwise choose a mapping."),
    )
    source = forms.SlugField(
        label=_("Source"),
        required=False,
        max_length=40,
        help_text=_(
            "A short name of the system that the file comes from; numbers of customers are looked up as its own."
        ),
    )
    stored = forms.ChoiceField(label=_("Mapping"), required=False)
    uploaded = forms.FileField(
        label=_("Or a mapping of your own"),
        required=False,
        help_text=_("A TOML file. The guide to imports shows how to write one."),
    )
    files = SeveralFilesField(label=_("Files"), help_text=_("All the files that the mapping names, plain or .gz."))
    dry_run = forms.BooleanField(
        label=_("Dry run"),
        required=False,
        initial=True,
        help_text=_("Checks everything and says what would happen; nothing is kept."),
    )

    def __init__(self, *args, cancel_url="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [
            ("", _("What a mapping says")),
            *((one.name, one.label) for one in TARGETS.values()),
        ]
        self.fields["stored"].choices = [("", _("One of my own")), *((name, name) for name in stored_mappings())]
        self.helper = form_helper(self, _("Start import"), cancel_url=cancel_url)
        self.helper.attrs["enctype"] = "multipart/form-data"

    def clean(self):
        cleaned = super().clean()
        stored, uploaded = cleaned.get("stored"), cleaned.get("uploaded")
        if cleaned.get("target") and not stored and not uploaded:
            self._make_mapping(cleaned)
        elif bool(stored) == bool(uploaded):
            self.add_error("stored", _("Choose a mapping from the list, or upload one: one of the two."))
        elif "files" in cleaned:
            self._read_mapping(stored, uploaded)
        return cleaned

    def _make_mapping(self, cleaned):
        """The file's own first line is the mapping."""
        files, source = cleaned.get("files", []), cleaned.get("source")
        if not source and "source" not in self.errors:
            self.add_error("source", _("Say which system the file comes from."))
        elif len(files) > 1:
            self.add_error("files", _("Choose one file: several at once need a mapping."))
        elif files and source:
            target = TARGETS[cleaned["target"]]
            try:
                self.mapping_text = plain_mapping(target, source=source, name=files[0].name, file=files[0])
                self.mapping = parse_mapping(self.mapping_text, title=target.name)
            except ValidationError as error:
                self.add_error("files", error)

    def _read_mapping(self, stored, uploaded):
        if uploaded and uploaded.size > LARGEST:
            self.add_error("uploaded", _("This is larger than a megabyte: a mapping is a short TOML file."))
            return
        self.mapping_text: bytes = uploaded.read() if uploaded else stored_mappings()[stored].read_bytes()
        title = uploaded.name.removesuffix(".toml") if uploaded else stored
        try:
            self.mapping: Mapping = parse_mapping(self.mapping_text, title=title)
        except ValidationError as error:
            self.add_error("uploaded" if uploaded else "stored", error)
