import pytest

from marketing.forms.campaigns import CampaignForm
from tests.factories import UserFactory


@pytest.mark.django_db
def test_its_groups_hold_every_field_once():
    """A field that no group names would not be drawn."""
    form = CampaignForm(user=UserFactory(role="marketing"))

    grouped = [name for _heading, names in form.groups for name in names]

    assert sorted(grouped) == sorted(form.fields)
