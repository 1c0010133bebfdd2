"""What the demo company says: one message may be signed off, one is refused for what it promises."""

import pytest
from django.utils import timezone

from marketing.models import Message
from marketing.services.content_checks import REFUSE, findings_of
from operations.demo.messages import make_messages
from tests.factories import UserFactory


@pytest.mark.django_db
def test_one_message_is_ready_and_one_is_refused():
    now = timezone.now()
    make_messages({role: UserFactory(role=role) for role in ("marketing", "compliance")}, now=now)

    found = {one.code: findings_of(one, at=now) for one in Message.objects.all()}

    assert [one for one in found["autumn-plan"] + found["autumn-code"] if one.severity == REFUSE] == []
    assert {"forbidden", "percentage", "disclosure"} <= {one.kind for one in found["week-of-returns"]}
