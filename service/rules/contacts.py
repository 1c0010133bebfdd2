def at_first_contact(customers_messages: int, reopened: int) -> bool:
    """Whether a concern was settled at the first contact: the customer spoke once and never had to come back.

    The measure of service desks called first-contact resolution (ITIL, HDI)."""
    return customers_messages <= 1 and reopened == 0
