from contextlib import contextmanager

import factory
from django.contrib.auth.models import Group, Permission

from staff.guards import unguarded
from staff.models import Team, User
from tests.database_roles import as_owner

PASSWORD = "a long enough password"


@contextmanager
def past_the_guards():
    """Inside, guarded columns are written as the owner may, for a test begins where a company already stands."""
    with as_owner(), unguarded("tests"):
        yield


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory(role="risk")`, `UserFactory(roles=["risk", "service"])`, `UserFactory(may=["risk.view_alert"])`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if extracted:
            give_roles(self, [extracted])

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        # The class attribute `roles` of User is a cached property, which factory_boy leaves alone here.
        if extracted:
            give_roles(self, extracted)

    @factory.post_generation
    def may(self, create, extracted, **kwargs):
        for permission in extracted or []:
            app, codename = permission.split(".")
            found = Permission.objects.get(content_type__app_label=app, codename=codename)
            with past_the_guards():
                self.user_permissions.add(found)


def give_roles(user, roles):
    with past_the_guards():
        user.groups.add(*[Group.objects.get_or_create(name=str(role))[0] for role in roles])


class TeamFactory(factory.django.DjangoModelFactory):
    """`TeamFactory(members=[user, …])`."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")

    @factory.post_generation
    def members(self, create, extracted, **kwargs):
        if extracted:
            self.members.add(*extracted)
