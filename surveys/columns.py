"""What lists of this room show."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import duration, number
from pages.lists import Column
from pages.templatetags.pages import moment, moment_only, pill_html
from surveys.purposes import PURPOSES, label_of

QUESTIONNAIRE_COLUMNS = (
    Column("name", gettext_lazy("Name"), lambda row: row.name, sort="name", link=True),
    Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code", mono=True),
    Column("purpose", gettext_lazy("Purpose"), lambda row: row.purpose_label, sort="purpose"),
    Column(
        "version",
        gettext_lazy("In force"),
        lambda row: f"v{row.version.number}" if row.version else pill_html(_("none yet"), "amber"),
    ),
    Column("published", gettext_lazy("Published"), lambda row: moment_only(row.version and row.version.published_at)),
    Column("owner", gettext_lazy("Owner"), lambda row: row.owner or "–"),
)
VERSION_COLUMNS = (
    Column("number", gettext_lazy("Version"), lambda row: f"v{row.number}", link=True),
    Column(
        "state",
        gettext_lazy("State"),
        lambda row: pill_html(row.get_state_display(), "amber" if row.is_draft else "green"),
    ),
    Column("published_at", gettext_lazy("Published"), lambda row: moment_only(row.published_at)),
    Column("by", gettext_lazy("By"), lambda row: row.published_by or row.created_by or "–"),
    Column("responses", gettext_lazy("Responses"), lambda row: number(row.n_responses), numeric=True),
    Column("sha256", gettext_lazy("SHA-256"), lambda row: row.sha256[:16] or "–", mono=True),
)


def subjects_of(rows):
    """Return, for each purpose, what those who answered are called and where their pages are: one query a purpose."""
    found = {}
    for name in {row.purpose for row in rows} & set(PURPOSES):
        found[name] = PURPOSES[name].named({row.subject for row in rows if row.purpose == name})
    return found


class Subjects:
    """What the subjects of one page of rows are called, asked for once when the first of them is shown."""

    def __init__(self):
        self.known = {}

    def learn(self, rows):
        self.known = subjects_of(rows)

    def name(self, row):
        return self.known.get(row.purpose, {}).get(row.subject, ("–", ""))[0]


def response_columns(subjects):
    return (
        Column("id", gettext_lazy("No."), lambda row: row.pk, link=True, mono=True),
        Column("subject", gettext_lazy("Who answers"), subjects.name, mono=True),
        Column("questionnaire", gettext_lazy("Questionnaire"), lambda row: row.version.questionnaire.name),
        Column("version", gettext_lazy("Version"), lambda row: f"v{row.version.number}"),
        Column("purpose", gettext_lazy("Purpose"), lambda row: label_of(row.purpose), default=False),
        Column("channel", gettext_lazy("Channel"), lambda row: row.get_channel_display()),
        Column("started_at", gettext_lazy("Started"), lambda row: moment(row.started_at), sort="started_at"),
        Column("submitted_at", gettext_lazy("Submitted"), submitted_cell),
        Column("took", gettext_lazy("Took"), lambda row: took(row), numeric=True),
        Column("band", gettext_lazy("Band"), lambda row: row.band or "–"),
        Column("score", gettext_lazy("Score"), lambda row: number(row.score), numeric=True),
        Column("signs", gettext_lazy("Warnings"), signs_cell, numeric=True),
    )


def submitted_cell(row):
    return moment_only(row.submitted_at) if row.submitted_at else pill_html(_("in progress"), "amber")


def took(row):
    return duration(row.submitted_at - row.started_at) if row.submitted_at else "–"


def signs_cell(row):
    return pill_html(number(len(row.signs)), "amber") if row.signs else "–"
