"""Who may ask what."""

from customers.criteria.catalogue import FIELDS, NAMED
from customers.criteria.trees import Tree, fields_of

ALL_NEEDS = sorted({field.needs for field in FIELDS if field.needs})


def needs_of(tree: Tree) -> list[str]:
    """Return the permissions that a valid tree asks of whoever writes or reads it, sorted; segments that it names have
    theirs beside."""
    return sorted({needs for name in fields_of(tree) if (needs := NAMED[name].needs)})
