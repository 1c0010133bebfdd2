from django import template

from staff.rules.roles import Role

register = template.Library()


@register.filter
def role_label(code):
    """What people call a role; its code where there is no such role any more."""
    return Role(code).label if code in Role.values else code
