import pytest

from customers.models import ScreeningHit
from customers.services import screening
from tests.customers.screening import a_customer, again
from tests.factories import UserFactory


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


@pytest.fixture
def screening_apart(settings, tmp_path):
    """Files of their own, and no index of names that another test left in the process."""
    settings.MEDIA_ROOT = tmp_path
    screening._KEPT.clear()


@pytest.fixture
def hit(officer):
    a_customer()
    again(officer, "1,person,Duan Zhengchun,,,,")
    return ScreeningHit.objects.get()
