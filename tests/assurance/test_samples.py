import random
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from assurance.services.engagements import draw_sample, still_drawn
from risk.rules.sampling import population_hash, sample
from tests.factories import UserFactory
from tests.factories.assurance import EngagementFactory
from tests.factories.risk import RiskFactory

KEYS = [f"K-{number}" for number in range(1000)]


def test_the_same_list_and_seed_draw_the_same_items_in_whatever_order_it_comes():
    shuffled = random.Random(7).sample(KEYS, len(KEYS))

    assert sample(KEYS, 25, "2026") == sample(shuffled, 25, "2026")
    assert population_hash(KEYS) == population_hash(shuffled)
    assert sample(KEYS, 25, "2026") != sample(KEYS, 25, "2027")
    assert sample(KEYS, 10, "2026") == sample(KEYS, 25, "2026")[:10]


def test_what_is_drawn_follows_from_sha_256_as_the_page_says():
    import hashlib

    by_hand = sorted(KEYS, key=lambda key: hashlib.sha256(b"seed\0" + key.encode()).digest())[:3]

    assert sample(KEYS, 3, "seed") == by_hand


def test_every_item_is_as_likely_as_another():
    drawn = Counter(key for seed in range(2000) for key in sample(KEYS[:20], 5, str(seed)))

    # 500 of each expected; five standard deviations are 97.
    assert set(drawn) == set(KEYS[:20])
    assert all(abs(count - 500) < 97 for count in drawn.values())


def test_no_more_than_there_is_and_nothing_twice():
    assert sorted(sample(["a", "b", "a", "龍"], 10, "x")) == ["a", "b", "龍"]


@pytest.mark.parametrize(("size", "seed"), [(0, "x"), (-1, "x"), (1, " ")])
def test_no_size_and_no_seed_are_refused(size, seed):
    with pytest.raises(ValueError, match="sample"):
        sample(KEYS, size, seed)


@pytest.mark.django_db
def test_a_sample_keeps_how_it_was_drawn_and_says_when_the_list_is_another(client):
    engagement = EngagementFactory()
    for _number in range(4):
        RiskFactory()
    asked = {"population": "risks", "size": 2, "seed": "May", "at": timezone.now()}
    drawn = draw_sample(actor=engagement.lead, engagement_id=engagement.pk, **asked)
    assert (drawn.counted, len(drawn.keys)) == (4, 2)
    assert still_drawn(drawn, engagement.lead)
    client.force_login(engagement.lead)
    url = reverse("assurance:sample_detail", args=[engagement.reference, drawn.pk])
    assert client.get(url).context["same"]

    RiskFactory()

    assert not client.get(url).context["same"]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        engagement.samples.update(seed="June")


@pytest.mark.django_db
def test_a_sample_is_drawn_from_what_the_auditor_sees():
    engagement = EngagementFactory()
    RiskFactory(line_id="p2p"), RiskFactory(line_id="fund")
    narrow = UserFactory(role="internal_audit", business_lines=["fund"])
    asked = {"population": "risks", "size": 5, "seed": "x", "at": timezone.now()}

    assert draw_sample(actor=narrow, engagement_id=engagement.pk, **asked).counted == 1
    with pytest.raises(ValidationError, match="empty for you"):
        draw_sample(actor=narrow, engagement_id=engagement.pk, **asked | {"population": "cases"})
    with pytest.raises(ValidationError, match="no such list"):
        draw_sample(actor=narrow, engagement_id=engagement.pk, **asked | {"population": "passwords"})
