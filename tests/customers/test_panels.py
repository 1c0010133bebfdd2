"""What other rooms put on a customer's page: in order, and not at all for whom it is not meant."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import panels
from customers.panels import FLAGS, MOMENTS, PANELS, Flags, Moments, Panel, Tab
from customers.services.timeline import Moment, timeline_of
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory, PortraitFactory

pytestmark = pytest.mark.django_db
COMPLIANCE_ONLY = "customers.add_notice"


@pytest.fixture(autouse=True)
def lists():
    """What a test registers is gone after it."""
    known = [panels.PANELS, panels.MOMENTS, panels.TABS, panels.FLAGS]
    before = [list(one) for one in known]
    yield
    for one, entries in zip(known, before, strict=True):
        one[:] = entries


@pytest.fixture
def customer():
    customer = PersonFactory(region="北京")
    PortraitFactory(customer=customer)
    customer.refresh_from_db()
    return customer


def page(client, customer, role="service"):
    client.force_login(UserFactory(role=role))
    return client.get(f"/customers/{customer.reference}/").content.decode()


def panel(key="one", **more):
    said = {"title": f"Panel {key}", "context": lambda user, customer: {"facts": [("Said", "a sentence")]}, **more}
    return Panel(key=key, template="customers/facts_panel.html", **said)


def test_a_panel_stands_on_the_page_with_its_title_and_what_it_says(client, customer):
    panels.register_panel(panel("news"))

    shown = page(client, customer)

    assert 'id="panel-news"' in shown
    assert "Panel news" in shown
    assert "a sentence" in shown


def test_panels_stand_in_their_order_and_not_in_that_of_registering(client, customer):
    panels.register_panel(panel("later", order=80))
    panels.register_panel(panel("sooner", order=20))

    shown = page(client, customer)

    assert shown.index("Panel sooner") < shown.index("Panel later")


def test_a_panel_without_permission_is_neither_asked_nor_hinted_at(client, customer):
    asked = []
    panels.register_panel(panel("secret", permission=COMPLIANCE_ONLY, context=lambda *both: asked.append(both) or {}))

    shown = page(client, customer)

    assert "secret" not in shown
    assert asked == []
    assert "panel-secret" in page(client, customer, "compliance")


def test_a_panel_that_has_nothing_to_say_leaves_no_gap(client, customer):
    without = page(client, customer).count("<section")
    panels.register_panel(panel("empty", context=lambda user, customer: None))

    assert page(client, customer).count("<section") == without


def test_a_key_is_registered_once():
    panels.register_panel(panel("twice"))

    with pytest.raises(ValueError, match="twice is registered already"):
        panels.register_panel(panel("twice"))


def test_a_panel_in_a_column_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not in middle"):
        panels.register_panel(panel("lost", column="middle"))


def test_a_tab_and_a_flag_stand_over_the_page_for_those_who_may_see_them(client, customer):
    panels.register_tab(Tab("papers", "Papers", "papers/", COMPLIANCE_ONLY))
    panels.register_flags(Flags("watched", lambda user, customer: [("Watched", "red")], COMPLIANCE_ONLY))

    for_service, for_compliance = page(client, customer), page(client, customer, "compliance")

    assert "Papers" not in for_service
    assert "Watched" not in for_service
    assert f'href="/customers/{customer.reference}/papers/"' in for_compliance
    assert "Watched" in for_compliance


def test_registered_moments_stand_in_the_line_in_order_of_time_and_under_their_kind(customer):
    now, reader = timezone.now(), UserFactory(role="service")
    panels.register_moments(
        Moments("calls", lambda *asked: [Moment(now + timedelta(hours=1), "contact", "phone", "Newest")], "contact")
    )

    assert timeline_of(customer, reader=reader)[0].title == "Newest"
    assert [one.title for one in timeline_of(customer, reader=reader, kind="contact")] == ["Newest"]
    assert "Newest" not in [one.title for one in timeline_of(customer, reader=reader, kind="business")]


def test_moments_without_permission_are_not_asked_for(customer):
    asked = []
    panels.register_moments(Moments("cases", lambda *given: asked.append(given) or [], permission=COMPLIANCE_ONLY))

    timeline_of(customer, reader=UserFactory(role="service"))

    assert asked == []


def counted(ask):
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


@pytest.mark.parametrize("role", ["service", "compliance", "management"])
def test_nothing_registered_makes_more_queries_than_it_states(customer, role):
    user = UserFactory(role=role)
    user.get_all_permissions()

    spent = {
        **{f"panel {one.key}": (counted(lambda: one.context(user, customer)), one.queries) for one in PANELS},  # noqa: B023
        **{f"moments {one.key}": (counted(lambda: one.moments(customer, user, 100)), one.queries) for one in MOMENTS},  # noqa: B023
        **{f"flags {one.key}": (counted(lambda: one.flags(user, customer)), one.queries) for one in FLAGS},  # noqa: B023
    }

    assert {name: found for name, found in spent.items() if found[0] > found[1]} == {}
