from django import template

register = template.Library()


@register.filter
def is_part(value):
    return isinstance(value, dict)


@register.filter
def is_list(value):
    return isinstance(value, list)
