from allauth.account.auth_backends import AuthenticationBackend

from staff.grants import all_grants
from staff.rules.roles import permissions_of


class RoleBackend(AuthenticationBackend):
    """Signs in by e-mail; what a person may do is what their roles are granted, plus permissions given to them alone.

    No permission is read from `auth_group_permissions`: the matrix in code is the only source, so it cannot drift."""

    def get_group_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_group_perm_cache"):
            user_obj._group_perm_cache = permissions_of(user_obj.roles, all_grants())
        return user_obj._group_perm_cache
