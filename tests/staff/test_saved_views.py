import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pages.lists import SAVED_VIEWS
from staff.models import SavedView
from staff.rules.links import clean_query
from staff.services.saved_views import (
    change_saved_view,
    create_saved_view,
    delete_saved_view,
    url_of_view,
    views_for,
)
from tests.factories import TeamFactory, UserFactory

PAGE = "staff:user_list"


def keep(actor, name="Risk people", **fields):
    return create_saved_view(actor=actor, page=PAGE, name=name, **{"query": "role=risk", **fields})


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("?role=risk&role=compliance&sort=-name", "role=risk&role=compliance&sort=-name"),
        ("q=赵 敏", "q=%E8%B5%B5+%E6%95%8F"),
        ("role=risk&cursor=abc&preview=1&csrfmiddlewaretoken=x&q=", "role=risk"),
        ("//evil.test/?x=1", "%2F%2Fevil.test%2F%3Fx=1"),
        ("javascript:alert(1)", ""),
        ('q="><script>alert(1)</script>', "q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E"),
        ("q=1#https://evil.test", "q=1"),
        ("q=a\r\nSet-Cookie: x=1", "q=a%0D%0ASet-Cookie%3A+x%3D1"),
        ("q=a\0b", "q=ab"),
        ("", ""),
    ],
)
def test_only_parameters_of_a_list_are_kept(text, query):
    assert clean_query(text) == query


@pytest.mark.parametrize("text", ["q=" + "x" * 2_001, "&".join(f"a{n}=1" for n in range(61))])
def test_endless_queries_are_refused(text):
    with pytest.raises(ValueError, match="."):
        clean_query(text)


@pytest.mark.django_db
def test_a_view_is_seen_by_its_owner_their_team_or_everyone():
    owner, mate, stranger = UserFactory(role="risk"), UserFactory(), UserFactory()
    team = TeamFactory(members=[owner, mate])
    for name, fields in [
        ("b own", {}),
        ("a own", {}),
        ("team", {"audience": "team", "team": team}),
        ("all", {"audience": "public"}),
    ]:
        keep(owner, name, **fields)

    seen = {user: [view.name for view in views_for(user, PAGE)] for user in [owner, mate, stranger]}

    assert seen == {owner: ["a own", "b own", "team", "all"], mate: ["team", "all"], stranger: ["all"]}
    assert views_for(owner, "staff:job_list") == []


@pytest.mark.django_db
@pytest.mark.parametrize("views", [1, 3])
def test_the_tabs_of_a_list_cost_one_query(django_assert_num_queries, views):
    owner = UserFactory()
    for n in range(views):
        keep(owner, str(n))

    with django_assert_num_queries(1):
        assert len([view.name for view in views_for(owner, PAGE)]) == views


def test_lists_take_their_tabs_from_here():
    assert views_for in SAVED_VIEWS


@pytest.mark.django_db
def test_only_some_roles_share_with_everyone():
    keep(UserFactory(role="risk"), audience="public")

    with pytest.raises(ValidationError, match="may not save views for everyone"):
        keep(UserFactory(role="service"), audience="public")


@pytest.mark.django_db
def test_a_team_view_is_for_a_team_of_ones_own():
    user, foreign = UserFactory(), TeamFactory()
    with pytest.raises(ValidationError, match="in no team"):
        keep(user, audience="team")
    only = TeamFactory(members=[user])
    assert keep(user, "one", audience="team").team == only
    with pytest.raises(ValidationError, match="one of your teams"):
        keep(user, "foreign", audience="team", team=foreign)
    TeamFactory(members=[user])
    with pytest.raises(ValidationError, match="one of your teams"):
        keep(user, "which", audience="team")


@pytest.mark.django_db
def test_a_page_that_is_no_list_is_refused():
    with pytest.raises(ValidationError, match="no list"):
        create_saved_view(actor=UserFactory(), page="https://evil.test/", name="x", query="")


@pytest.mark.django_db
def test_a_name_is_taken_once_per_list():
    user = UserFactory()
    keep(user)

    with pytest.raises(ValidationError, match="already have a view"):
        keep(user)


@pytest.mark.django_db
def test_only_its_owner_changes_a_view_and_an_administrator_deletes_what_is_public():
    owner, admin = UserFactory(role="risk"), UserFactory(role="administrator")
    public, personal = keep(owner, "public", audience="public"), keep(owner, "personal")

    with pytest.raises(PermissionDenied):
        change_saved_view(actor=admin, view_id=public.pk, name="x", audience="personal")
    with pytest.raises(PermissionDenied):
        delete_saved_view(actor=admin, view_id=personal.pk)
    delete_saved_view(actor=admin, view_id=public.pk)

    assert change_saved_view(actor=owner, view_id=personal.pk, name="Mine", audience="personal").name == "Mine"
    assert list(SavedView.objects.all()) == [personal]


@pytest.mark.django_db
def test_saving_from_a_list_leads_back_to_it_as_a_tab(client):
    user = UserFactory(role="risk")
    client.force_login(user)

    answer = client.post(
        reverse("staff:saved_view_create"),
        {"page": PAGE, "name": "Risk", "query": "?role=risk&cursor=x", "audience": "personal", "next": "//evil.test"},
    )

    view = SavedView.objects.get()
    assert answer["Location"] == url_of_view(view) == f"/staff/people/?role=risk&view={view.pk}"
    assert ">Risk<" in client.get(answer["Location"]).content.decode()


@pytest.mark.django_db
def test_what_is_wrong_with_a_view_is_said_and_nothing_typed_is_lost(client):
    client.force_login(UserFactory(role="service"))

    answer = client.post(
        reverse("staff:saved_view_create"), {"page": PAGE, "name": "Theirs", "query": "role=risk", "audience": "public"}
    )

    assert answer.status_code == 422
    assert 'value="Theirs"' in answer.content.decode()
    assert 'value="role=risk"' in answer.content.decode()


@pytest.mark.django_db
def test_somebody_elses_personal_view_cannot_be_reached(client):
    view = keep(UserFactory())
    client.force_login(UserFactory(role="administrator"))

    assert client.get(reverse("staff:saved_view_change", args=[view.pk])).status_code == 404
    assert client.post(reverse("staff:saved_view_delete", args=[view.pk])).status_code == 404
