import zoneinfo

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from staff.forms.fields import scope_field
from staff.models import Team, Theme, User
from staff.rules.roles import Role


class UserForm(forms.Form):
    """Who somebody is, what they may do, and what they see."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What a role may do stands under What roles may do."),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=300,
        help_text=_("For whoever approves it, and for the log. Needed for a new account, roles, scope and e-mail."),
    )

    def __init__(self, *args, user: User | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for name, label in [("business_lines", _("Business lines in scope")), ("regions", _("Regions in scope"))]:
            self.fields[name] = scope_field(name, label, getattr(user, name, []))
        self.fields["teams"].queryset = Team.objects.order_by("name")
        if user:
            self.fields.pop("language")
        order = ["full_name", "email", "language", "roles", "teams", "business_lines", "regions", "reason"]
        names = [name for name in order if name in self.fields]
        button = _("Save, and ask for approval") if user else _("Ask for this account")
        back = reverse("staff:user_detail", args=[user.pk]) if user else reverse("staff:user_list")
        self.helper = form_helper(self, button, cancel_url=back, fields=names)

    @staticmethod
    def initial_of(user: User) -> dict:
        return {
            "full_name": user.full_name,
            "email": user.email,
            "roles": sorted(user.roles),
            "teams": list(user.teams.all()),
            "business_lines": user.business_lines,
            "regions": user.regions,
        }

    def clean_email(self):
        """Say it beside the field; the constraint in the database is the one that holds."""
        email = self.cleaned_data["email"].lower()
        others = User.objects.filter(email__iexact=email).exclude(pk=self.user.pk if self.user else None)
        if others.exists():
            raise forms.ValidationError(_("Somebody already signs in with this e-mail."))
        return email


class ReasonForm(forms.Form):
    """Why an account is ended or opened again."""

    reason = forms.CharField(label=_("Why?"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class UrgentForm(ReasonForm):
    """The same, where the policy may let it be done before somebody agrees."""

    break_glass = forms.BooleanField(
        label=_("Do it at once"),
        required=False,
        help_text=_("For an emergency. Whoever approves such changes is told now, and reviews it afterwards."),
    )


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    lead = forms.ModelChoiceField(label=_("Lead"), queryset=User.objects.none(), required=False)
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, team: Team | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team
        people = User.objects.active() | User.objects.filter(teams=team) if team else User.objects.active()
        self.fields["lead"].queryset = self.fields["members"].queryset = people.distinct().order_by("full_name", "pk")
        back = reverse("staff:team_detail", args=[team.pk]) if team else reverse("staff:team_list")
        self.helper = form_helper(self, _("Save team") if team else _("Make team"), cancel_url=back)

    @staticmethod
    def initial_of(team: Team) -> dict:
        return {"name": team.name, "lead": team.lead_id, "members": list(team.members.all())}

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if Team.objects.filter(name=name).exclude(pk=self.team.pk if self.team else None).exists():
            raise forms.ValidationError(_("There is a team of this name already."))
        return name


class ProfileForm(forms.Form):
    full_name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Read when the form is made: the system's tables of zones change while the program stays.
        zones = sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/"))
        )
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in ["UTC", *zones]]
        self.helper = form_helper(self, _("Save preferences"))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("Such as “nightly load from the platform”.")
    )
    days = forms.IntegerField(label=_("Valid for how many days"), min_value=1, max_value=366, initial=90)
