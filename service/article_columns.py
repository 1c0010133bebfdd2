from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import day, number, percent
from pages.templatetags.pages import pill_html
from service.models import Article, ArticleState

TONES = {
    ArticleState.DRAFT: "neutral",
    ArticleState.REVIEW: "amber",
    ArticleState.REVIEWED: "blue",
    ArticleState.PUBLISHED: "green",
    ArticleState.REPLACED: "neutral",
}


def state_pill(article: Article):
    if article.is_archived:
        return pill_html(gettext("Archived"), "neutral")
    if article.version is None:
        return pill_html(gettext("Not published yet"), "amber")
    late = article.review_on is not None and article.review_on < timezone.localdate()
    return pill_html(gettext("Review is late"), "red") if late else pill_html(pgettext("state", "Published"), "green")


def helped(article: Article):
    return percent(article.n_helped / article.n_votes) if article.n_votes else "–"


ARTICLE_COLUMNS = [
    Column("title", _("Title"), lambda row: row.title or row.code, link=True, card="wide"),
    Column("code", _("Code"), sort="code", mono=True),
    Column("audience", _("Audience"), lambda row: row.get_audience_display()),
    Column("state", _("State"), state_pill),
    Column("review_on", _("Next review"), lambda row: day(row.review_on) if row.review_on else "–", sort="review_on"),
    Column("helped", _("Helped"), helped, numeric=True),
    Column("votes", _("Votes"), lambda row: number(row.n_votes), numeric=True, default=False),
    Column("tags", _("Tags"), lambda row: ", ".join(row.tags), default=False),
    Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
]
