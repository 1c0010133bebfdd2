"""Every list is taken out as a file by whoever may export: a list that is added is exported without a word, or fails here."""

import pytest
from django.urls import reverse

from staff.list_exports import KIND, list_at, rows_of_list
from tests.config.world import ADDRESSES, world_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# Lists that are not taken out from their page, each with why.
OTHERWISE = {
    "audit:event_list": "The log is taken out as a bundle that can be proved.",
    "customers:import_rejects": "Rejected rows come as they were sent, for who imports.",
}


def test_every_list_is_exported_or_says_why_not(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    reader = UserFactory(roles=["service_lead", "product", "risk", "compliance", "administrator"])
    client.force_login(reader)
    world, without, found = world_of(reader), [], []
    for name, entry in ADDRESSES.items():
        if name.startswith("api:") or not reader.has_perm(entry.permission or "staff.view_job"):
            continue
        path = reverse(name, kwargs=entry.kwargs(world) if entry.kwargs else None)
        answer = client.get(path)
        listing = (answer.context or {}).get("list") if answer.status_code == 200 and answer.context else None
        if listing is None:
            continue
        found.append(name)
        if not listing.export_url and name not in OTHERWISE:
            without.append(name)
        elif listing.export_url == reverse("staff:list_export"):
            export = rows_of_list(reader, {"path": path, "query": "", "format": "csv"})
            assert all(len(row) == len(export.columns) for row in list(export.rows)), name

    assert len(found) >= 15
    assert not without
    assert set(OTHERWISE) <= set(found)


def test_an_export_of_a_list_is_registered():
    from staff.jobs import KINDS

    assert KIND in KINDS
    assert list_at
