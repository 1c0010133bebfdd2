"""The rules of contact are rules with a date: they come into force and are confirmed under four eyes."""

from django.utils.translation import gettext_lazy as _

from customers.dated_rules import BOOKS, RuleBook
from marketing.models import ContactRule, Disclosure, ForbiddenWord, ValueRule

CONTACT_RULES = RuleBook(
    model=ContactRule,
    name="marketing.contact_rule",
    permission="marketing.add_contactrule",
    entering=_("Change a rule of contact"),
    confirming=_("Confirm a rule of contact"),
    list_url="marketing:contact_rule_list",
    title=_("Rules of contact"),
    who=_("Compliance changes rules of contact."),
)
FORBIDDEN_WORDS = RuleBook(
    model=ForbiddenWord,
    name="marketing.forbidden_word",
    permission="marketing.add_contentrule",
    entering=_("Forbid words"),
    confirming=_("Confirm forbidden words"),
    list_url="marketing:content_rule_list",
    title=_("Rules of content"),
    who=_("Compliance changes rules of content."),
)
DISCLOSURES = RuleBook(
    model=Disclosure,
    name="marketing.disclosure",
    permission="marketing.add_contentrule",
    entering=_("Require a disclosure"),
    confirming=_("Confirm a disclosure"),
    list_url="marketing:content_rule_list",
    title=_("Rules of content"),
    who=_("Compliance changes rules of content."),
)
VALUE_RULES = RuleBook(
    model=ValueRule,
    name="marketing.value_rule",
    permission="marketing.add_contactrule",
    entering=_("Change a rule of value"),
    confirming=_("Confirm a rule of value"),
    list_url="marketing:contact_rule_list",
    title=_("Rules of contact"),
    who=_("Compliance changes rules of contact."),
)


def register() -> None:
    """Among the books of the room of customers, which registers the commands of them all."""
    BOOKS.extend([CONTACT_RULES, FORBIDDEN_WORDS, DISCLOSURES, VALUE_RULES])
