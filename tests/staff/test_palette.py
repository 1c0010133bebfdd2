import pytest
from django.db import connection
from django.urls import reverse

from staff import palette
from staff.palette import Hit, register_source, search
from tests.factories import TeamFactory, UserFactory


@pytest.fixture
def sources(monkeypatch):
    """The only sources there are, for a test to fill."""
    made = {}
    monkeypatch.setattr(palette, "SOURCES", made)
    return made


def hit(label):
    return Hit(label, "", "/")


@pytest.mark.django_db
def test_people_and_teams_are_found_by_those_who_may_see_them():
    person, team = UserFactory(full_name="赵敏", role="risk"), TeamFactory(name="赵's team")

    found = {(hit.label, hit.url) for hit in search(UserFactory(role="service"), " 赵 ")}

    assert found == {
        ("赵敏", reverse("staff:user_detail", args=[person.pk])),
        ("赵's team", reverse("staff:team_detail", args=[team.pk])),
    }
    assert search(UserFactory(), "赵") == []


@pytest.mark.django_db
def test_a_broken_source_and_a_slow_one_are_left_out(sources, caplog):
    def slow(user, text, limit):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    def broken(user, text, limit):
        raise KeyError("oops")

    sources.update(slow=slow, broken=broken, good=lambda *args: [hit("good")])

    assert [hit.label for hit in search(None, "x")] == ["good"]
    assert "slow" in caplog.text
    assert "broken" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_what_does_not_fit_the_budget_is_not_asked(sources, monkeypatch):
    monkeypatch.setattr(palette, "BUDGET_SECONDS", 0)
    sources["late"] = lambda *args: pytest.fail("too late")

    assert search(None, "x") == []


@pytest.mark.django_db
def test_texts_are_cut_and_blank_ones_ask_nobody(sources):
    asked = []
    sources["one"] = lambda user, text, limit: asked.append(text) or [hit(str(n)) for n in range(20)]

    assert (len(search(None, "a\0" + "b" * 200)), search(None, "  ")) == (palette.LIMIT, [])
    assert asked == ["a" + "b" * 99]


def test_one_name_is_one_source(sources):
    register_source("x", print)
    register_source("x", print)
    with pytest.raises(ValueError, match="another source"):
        register_source("x", repr)
