from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from staff.models import Audience, SavedView, Team


class SavedViewForm(forms.Form):
    """A name for the filters of a list, and who else has it as a tab."""

    name = forms.CharField(label=_("Name"), max_length=60)
    audience = forms.ChoiceField(label=_("For"), choices=Audience.choices, initial=Audience.PERSONAL)
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        help_text=_("For a view of your team, if you are in several."),
    )
    page = forms.CharField(max_length=80, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, *args, user, view: SavedView | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.view = user, view
        self.fields["team"].queryset = user.teams.order_by("name")
        if not user.has_perm("staff.share_view"):
            self.fields["audience"].choices = [choice for choice in Audience.choices if choice[0] != Audience.PUBLIC]
        if view:
            del self.fields["page"], self.fields["query"]
        self.helper = form_helper(self, _("Save view"), cancel_url=reverse("staff:saved_view_list"))

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        page = self.view.page if self.view else self.data.get("page", "")
        own = self.user.saved_views.filter(page=page, name=name).exclude(pk=self.view.pk if self.view else None)
        if own.exists():
            raise forms.ValidationError(_("You already have a view of this name on this list."))
        return name
