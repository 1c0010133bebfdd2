"""Forms of what the desk is made of: macros, queues, agents; and of the work on a ticket."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import LineCode
from service.forms.tickets import TagsField
from service.models import Agent, LinkKind, Macro, Queue, Ticket
from service.rules.search import ticket_reference
from staff.models import User

LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese"))]


class MacroForm(forms.ModelForm):
    tags = TagsField(
        label=_("Tags"), required=False, max_length=800, help_text=_("Added to the ticket; separated by commas.")
    )

    class Meta:
        model = Macro
        fields = ["name", "text", "text_hans", "text_hant", "status", "priority", "queue", "tags", "is_active"]
        widgets = {name: forms.Textarea(attrs={"rows": 5}) for name in ("text", "text_hans", "text_hant")}


class QueueForm(forms.ModelForm):
    line = forms.ChoiceField(label=_("Line"), choices=[("", _("No line")), *LineCode.choices], required=False)
    skills = TagsField(label=_("Skills asked for"), required=False, max_length=800, help_text=_("Separated by commas."))

    class Meta:
        model = Queue
        fields = ["code", "name", "line", "skills", "assignment", "is_active"]


class AgentForm(forms.ModelForm):
    """Who answers tickets, what they can do, and where they work."""

    skills = TagsField(label=_("Skills"), required=False, max_length=800, help_text=_("Separated by commas."))
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=LANGUAGES, required=False, help_text=_("None means every language.")
    )
    queues = forms.ModelMultipleChoiceField(
        label=_("Queues"), queryset=Queue.objects.filter(is_active=True), required=False
    )

    class Meta:
        model = Agent
        fields = ["user", "skills", "languages", "capacity", "chats_at_once"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["user"]
            self.initial["queues"] = [one.queue_id for one in self.instance.queues.all()]
        else:
            self.fields["user"].queryset = User.objects.filter(is_active=True, agent__isnull=True).order_by("full_name")


class SubtaskForm(forms.Form):
    title = forms.CharField(label=_("What is to do"), max_length=200)
    assignee = forms.ModelChoiceField(label=_("Who"), queryset=None, required=False, empty_label=_("Nobody"))
    due_on = forms.DateField(label=_("Due"), required=False, widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.filter(is_active=True, agent__isnull=False).order_by(
            "full_name"
        )


class OtherTicketForm(forms.Form):
    """Another ticket by its number, among those that `user` sees."""

    other = forms.CharField(label=_("Ticket no."), max_length=16)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_other(self):
        sought = ticket_reference(self.cleaned_data["other"])
        found = Ticket.objects.visible_to(self.user).filter(reference=sought).first() if sought else None
        if found is None:
            raise forms.ValidationError(_("No ticket of this number is open to you."))
        return found


class LinkForm(OtherTicketForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=LinkKind.choices)


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(coerce=int, choices=[(n, str(n)) for n in range(1, 6)], widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Anything you would like to add"), required=False, max_length=2_000,
                              widget=forms.Textarea(attrs={"rows": 4}))  # fmt: skip


class AvailabilityForm(forms.Form):
    available = forms.BooleanField(required=False)
