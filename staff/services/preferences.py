from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import NotificationPreference, User

OWN_FIELDS = ("full_name", "language", "time_zone", "theme")


@transaction.atomic
def change_preferences(*, actor: User, **fields: str) -> User:
    """Change the actor's own name, language, time zone or theme; a value that is none raises ValidationError."""
    strange = set(fields) - set(OWN_FIELDS)
    if strange:
        raise ValidationError(_("%(field)s is not a preference.") % {"field": ", ".join(sorted(strange))})
    changed = {field for field, value in fields.items() if getattr(actor, field) != value}
    if not changed:
        return actor
    name_act("staff.user.preferences_changed")
    for field in changed:
        setattr(actor, field, fields[field])
    actor.clean_fields(exclude={field.name for field in User._meta.fields} - changed)
    actor.save(update_fields=sorted(changed))
    return actor


@transaction.atomic
def choose_notifications(*, actor: User, wishes: Mapping[str, tuple[bool, bool]]) -> None:
    """Keep how the actor wants to hear of each kind: `{kind: (in the app, by e-mail)}`."""
    name_act("staff.user.notifications_chosen")
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(user=actor, kind=kind, in_app=app, by_email=mail)
            for kind, (app, mail) in wishes.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_app", "by_email"],
    )
