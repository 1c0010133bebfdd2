"""Mails of campaigns that come back, and those that are reported as spam, as a mailbox gets to know of them."""

import uuid

import pytest
from django.utils import timezone

from customers.services.consents import may_contact
from marketing.models import CampaignRound, Recipient, Response
from marketing.services.parcels import number_of
from service.services.mail_taking import take_mail
from tests.factories.campaigns import CampaignFactory, reachable, scheduled
from tests.factories.mails import MailboxFactory
from tests.service.letters import feedback_on, report_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipient():
    campaign, at = scheduled(CampaignFactory()), timezone.now()
    [customer] = reachable(campaign.segment)
    drawn = CampaignRound.objects.create(
        campaign=campaign, number=1, sign_off=campaign.sign_off, planned_at=at, drawn_at=at
    )
    return Recipient.objects.create(round=drawn, campaign=campaign, customer=customer, token=uuid.uuid4().hex, at=at)


def number(recipient):
    return number_of(recipient.pk, recipient.token)


def came(raw):
    return take_mail(mailbox=MailboxFactory(), raw=raw, at=timezone.now())


def kept():
    return list(Response.objects.values_list("kind", "detail"))


def test_a_mail_that_came_back_stands_with_its_recipient_once(recipient):
    raw = report_on(f"{number(recipient)}@example.com")

    mail = came(raw)
    came(raw)

    assert kept() == [("bounced", "5.1.1 smtp; 550 5.1.1 No such user")]
    assert Response.objects.get().recipient == recipient
    assert (mail.kind, mail.state, mail.ticket) == ("bounce", "kept", None)


def test_a_mail_that_is_only_late_has_not_come_back(recipient):
    came(report_on(f"{number(recipient)}@example.com", action="delayed", status="4.4.1"))

    assert kept() == []


def test_whoever_guesses_a_number_reports_nothing(recipient):
    came(report_on(f"{recipient.pk}-{'0' * 16}@example.com"))
    came(report_on(f"{recipient.pk + 1}{number(recipient)}@example.com"))
    came(report_on(f"{'9' * 18}-{'0' * 16}@example.com"))

    assert kept() == []


def test_a_report_of_spam_is_a_word_against_all_further_ones(recipient):
    def may():
        return may_contact(customer=recipient.customer, purpose="marketing", channel="email", at=timezone.now())

    assert may()

    came(feedback_on(f"{number(recipient)}@example.com"))

    assert [kind for kind, _detail in kept()] == ["complained"]
    assert not may()


def test_that_something_is_no_spam_is_no_complaint(recipient):
    came(feedback_on(f"{number(recipient)}@example.com", kind="not-spam"))

    assert kept() == []
