import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from staff.querysets.people import TeamQuerySet, UserQuerySet


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserAccounts(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


def check_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is not a time zone; write one like Asia/Shanghai."), params={"name": name})


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff: signs in by e-mail, acts through roles, sees the business lines and regions in scope."""

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=settings.TIME_ZONE, validators=[check_time_zone]
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    business_lines = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("business lines in scope"),
        default=list,
        blank=True,
        help_text=_("Empty means all."),
    )
    regions = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("regions in scope"),
        default=list,
        blank=True,
        help_text=_("Empty means all."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    invited_at = models.DateTimeField(_("password link asked for at"), null=True, blank=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserAccounts()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("members of staff")
        ordering = ["full_name", "pk"]
        permissions = [("view_access_matrix", _("Can see what each role may do"))]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="one_user_per_email", violation_error_message=_("This e-mail is already in use.")
            ),
            # A superuser would hold every permission without a role, and so pass every approval.
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="nobody_is_superuser"),
        ]

    def __str__(self):
        return self.full_name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of this person's groups; each is a role's code."""
        return frozenset(group.name for group in self.groups.all())


class Team(models.Model):
    """People who share views, queues and a lead."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    lead = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="leads", verbose_name=_("lead"))
    members = models.ManyToManyField(User, related_name="teams", blank=True, verbose_name=_("members"))

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self):
        return self.name
