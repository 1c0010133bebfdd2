from django.http import HttpRequest


def page_or_preview(request: HttpRequest, template: str, fragment: str) -> str:
    """Return the template of a record's page, or of the part of it that stands beside a list when Space is pressed."""
    beside = bool(request.htmx) and str(request.htmx.target or "").startswith("preview")
    return f"{template}#{fragment}" if beside else template
