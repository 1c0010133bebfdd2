from django import template

register = template.Library()


@register.filter
def ticket_url(reference: str) -> str:
    """The address of the ticket of that number."""
    return f"/service/tickets/{reference}/"
