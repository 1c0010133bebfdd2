from urllib.parse import parse_qsl, urlencode

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST_QUERY = 2000
MOST_PARAMETERS = 60
# Where one is within a list, and what belongs to one form, is no part of a view of it.
LEFT_OUT = frozenset({"cursor", "preview", "csrfmiddlewaretoken"})


def is_own_path(url: str) -> bool:
    """Return whether `url` is a path on this site, such as `/risk/alerts/7/?tab=history`: no scheme, no host, no
    tricks.
    """
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def clean_query(text: str) -> str:
    """Return the parameters of a list's address as a canonical query string, without place in the list and empty
    values.

    Whatever is not a parameter does not survive. More than 60 parameters or 2,000 characters raise ValueError.
    """
    text = text.lstrip("?").partition("#")[0].replace("\0", "")
    pairs = [
        (key, value)
        for key, value in parse_qsl(text, keep_blank_values=False, max_num_fields=MOST_PARAMETERS)
        if key not in LEFT_OUT
    ]
    query = urlencode(pairs)
    if len(query) > LONGEST_QUERY:
        raise ValueError(f"the query has {len(query)} characters, {LONGEST_QUERY} are kept")
    return query
