"""The rules of contact are rules with a date: they come into force and are confirmed under four eyes."""

from django.utils.translation import gettext_lazy as _

from customers.dated_rules import BOOKS, RuleBook
from marketing.models import ContactRule

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


def register() -> None:
    """Among the books of the room of customers, which registers the commands of them all."""
    BOOKS.append(CONTACT_RULES)
