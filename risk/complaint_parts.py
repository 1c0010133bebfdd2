"""What this room puts on the page of a complaint: that a risk is proposed from it."""

from dataclasses import replace

from django.urls import reverse

from risk.views.proposals import propose_act
from service.registries import ComplaintActions, register_complaint_actions


def register() -> None:
    register_complaint_actions(ComplaintActions("proposal", propose_actions, "risk.add_riskproposal"))


def propose_actions(user, complaint):
    """Seldom wanted beside what the complaint itself asks for, so it stands in the menu."""
    return [replace(propose_act(user, reverse("risk:complaint_propose", args=[complaint.ticket.reference])), more=True)]
