"""The one language in which rules over customers are written: a tree of and, or and not over a declared catalogue.

    {"all": [{"field": "balance", "op": "ge", "value": "10000"},
             {"not": {"field": "last_on", "op": "within_last", "value": 30}},
             {"any": [{"segment": "regulars"}, {"field": "region", "op": "in", "value": ["上海"]}]]}

`validate` says what is wrong with a tree and where, `compiled` makes one SQL statement of it, `explain` puts it in words.
A condition about something unknown of a customer does not hold, so its opposite does. See docs/segments.md.
"""

from customers.criteria.catalogue import FIELDS, GROUPS, field_named
from customers.criteria.checking import canonical, normalised, sha256_of, validate
from customers.criteria.compiling import compiled, edges, tables_of
from customers.criteria.explaining import explain, outline
from customers.criteria.needs import needs_of
from customers.criteria.trees import fields_of, segments_of

__all__ = [
    "FIELDS", "GROUPS", "canonical", "compiled", "edges", "explain", "field_named", "fields_of", "needs_of", "normalised",
    "outline", "segments_of", "sha256_of", "tables_of", "validate",
]  # fmt: skip
