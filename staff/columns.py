"""What the lists of this room show."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages import formats
from pages.columns import Column
from pages.templatetags.pages import moment_only, pill_html
from staff.models import Job, JobState, Notification, Team, User
from staff.rules.jobs import share_done
from staff.rules.roles import Role


def role_names(user: User) -> str:
    """The roles of a person in the reader's language, in the order of the matrix."""
    return ", ".join(str(role.label) for role in Role if role in user.roles)


def state_pill(job: Job):
    text = gettext("Stopping") if job.cancel_asked_at and not job.is_over else job.get_state_display()
    return pill_html(text, job.state)


def job_progress(job: Job) -> str:
    share = share_done(job.done, job.total)
    if job.state == JobState.RUNNING and share is not None:
        return formats.percent(share, 0)
    return formats.number(job.done) if job.done else ""


USERS = [
    Column("name", _("Name"), lambda user: user.full_name or user.email, sort="full_name", link=True),
    Column("email", _("E-mail"), lambda user: user.email, sort="email", card="wide"),
    Column("roles", _("Roles"), role_names, card="wide"),
    Column("teams", _("Teams"), lambda user: ", ".join(team.name for team in user.teams.all())),
    Column(
        "active",
        _("Active"),
        lambda user: pill_html(gettext("Active"), "green") if user.is_active else pill_html(gettext("Not active")),
    ),
    Column("seen", _("Last sign-in"), lambda user: moment_only(user.last_login), sort="last_login", numeric=True),
    Column(
        "joined",
        _("Joined"),
        lambda user: formats.day(user.date_joined),
        sort="date_joined",
        numeric=True,
        default=False,
    ),
]

TEAMS = [
    Column("name", _("Name"), lambda team: team.name, sort="name", link=True),
    Column("lead", _("Lead"), lambda team: str(team.lead) if team.lead else ""),
    Column("members", _("Members"), lambda team: formats.number(len(team.members.all())), numeric=True),
    Column("who", _("Who"), lambda team: _faces(team), card="wide"),
]


def _faces(team: Team) -> str:
    names = [str(member) for member in team.members.all()]
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


JOBS = [
    Column("title", _("Job"), lambda job: job.title, link=True, card="wide"),
    Column("state", _("State"), state_pill),
    Column("done", _("Done"), job_progress, numeric=True),
    Column("created", _("Asked"), lambda job: moment_only(job.created_at), sort="created_at", numeric=True),
    Column("ended", _("Ended"), lambda job: moment_only(job.ended_at), sort="ended_at", numeric=True),
    Column(
        "took",
        _("Took"),
        lambda job: formats.duration(job.ended_at - job.started_at) if job.ended_at and job.started_at else "",
        numeric=True,
    ),
    Column("owner", _("Owner"), lambda job: str(job.owner)),
    Column("result", _("Result"), lambda job: _result(job)),
    Column("kind", _("Kind"), lambda job: job.kind, mono=True, default=False),
]


def _result(job: Job) -> str:
    if not job.result:
        return ""
    return format_html_join("", '<a href="{}">{}</a>', [(reverse("staff:job_result", args=[job.pk]), job.result_name)])


NOTIFICATIONS = [
    Column("title", _("What"), lambda notification: notification.title, link=True, card="wide"),
    Column("kind", _("Kind"), lambda notification: notification.get_kind_display(), card="wide"),
    Column("at", _("When"), lambda notification: moment_only(notification.created_at), sort="created_at", numeric=True),
    Column("read", _("Read"), lambda notification: _read_mark(notification)),
]


def _read_mark(notification: Notification):
    return moment_only(notification.read_at) if notification.read_at else pill_html(gettext("New"), "blue")
