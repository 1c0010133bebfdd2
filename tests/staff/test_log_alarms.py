import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from audit.alarms import ALARMS, Alarm, raise_alarm
from staff.models import Notification
from staff.services.log_alarms import tell_readers_of_the_log
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


def test_those_who_read_the_log_are_told_once_in_their_language():
    officer = UserFactory(role="compliance", language="zh-hans")
    auditor = UserFactory(role="internal_audit")
    UserFactory(role="service")
    UserFactory(role="compliance", is_active=False)
    alarm = Alarm("audit:test", lambda: gettext("Time"), lambda: "what was found", timezone.now())

    raise_alarm(alarm)
    raise_alarm(alarm)

    with translation.override("zh-hans"):
        time = gettext("Time")
    assert dict(Notification.objects.filter(key="audit:test").values_list("user", "title")) == {
        officer.pk: time,
        auditor.pk: "Time",
    }
    assert Notification.objects.filter(url="/audit/").count() == 2
    assert ALARMS.count(tell_readers_of_the_log) == 1
