"""What the visitor's window says by itself, in the language of the page."""

from django.utils.translation import gettext as _


def window_words() -> dict[str, str]:
    """Return the sentences that static/meridian/chat.js shows, by name."""
    return {
        "waiting": _("You are number %(place)s in the line. Somebody will be with you soon."),
        "active": _("You are talking to %(agent)s."),
        "ended": _("This chat is over."),
        "silence": _("This chat was closed because nothing was heard for a while."),
        "writes": _("%(agent)s is writing …"),
        "you": _("You"),
        "sending": _("sending"),
        "failed": _("not sent; it is tried again"),
        "refused": _("not sent"),
        "offline": _("No connection. What you wrote is kept and sent as soon as there is one."),
        "tooLarge": _("The file is too large."),
        "wrongKind": _("Send a picture or a PDF."),
        "left": _("Thank you. Your message has the number %(reference)s; we will answer you."),
        "thanks": _("Thank you for telling us."),
        "mailed": _("The conversation is on its way to you."),
        "unread": _("%(n)s new"),
    }
