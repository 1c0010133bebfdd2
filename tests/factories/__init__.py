"""Objects for tests: one call makes a whole, valid one. A room's factories stand in the file of its name."""

from tests.factories.staff import PASSWORD, TeamFactory, UserFactory

__all__ = ["PASSWORD", "TeamFactory", "UserFactory"]
