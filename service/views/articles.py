from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.formats import day
from pages.lists import ListPage, render_list
from service.article_columns import ARTICLE_COLUMNS, TONES, helped, state_pill
from service.filters.articles import ArticleFilter
from service.forms.articles import ArticleForm
from service.models import Article, ArticleLanguage, ArticleState, Audience
from service.rules.markup import html_of
from service.services import articles as services
from service.services.article_finding import vote
from service.services.articles import IN_WORK


@require_safe
@login_required
@permission_required("service.view_article", raise_exception=True)
def article_list(request):
    seen = Article.objects.visible_to(request.user).for_list(get_language())
    if "is_archived" not in request.GET:
        seen = seen.filter(is_archived=False)
    found = ArticleFilter(request.GET, queryset=seen, request=request)
    listing = ListPage(
        request,
        filterset=found,
        columns=ARTICLE_COLUMNS,
        order=["code"],
        row_url=lambda row: f"/service/articles/{row.code}/",
        label=_("Articles"),
        empty=_("No article is written yet."),
    )
    return render_list(request, "service/article_list.html", listing, actions=_list_actions(request.user))


def _list_actions(user):
    may_write = (
        None
        if user.has_perm("service.change_article")
        else _("Customer service, product and compliance write articles.")
    )
    gaps = Action(_("Gaps"), reverse("service:article_gaps"), "bulb")
    return [
        *([gaps] if user.has_perm("service.view_article_gaps") else []),
        Action(_("New article"), reverse("service:article_create"), "plus", primary=True).unless(may_write),
    ]


def visible_article(request, code):
    return get_object_or_404(Article.objects.visible_to(request.user).for_list(get_language()), code=code)


@require_safe
@login_required
@permission_required("service.view_article", raise_exception=True)
def article_detail(request, code):
    """What is published, or `?version=` as it stands, in one of its languages."""
    article = visible_article(request, code)
    versions = list(article.versions.select_related("author", "reviewer").prefetch_related("texts"))
    shown = _chosen(versions, request.GET.get("version", ""), article)
    texts = {text.language: text for text in shown.texts.all()}
    language = next((one for one in (request.GET.get("lang"), get_language(), *texts) if one in texts), "")
    in_work = next((one for one in versions if one.state in IN_WORK), None)
    context = {
        "article": article,
        "title": texts[language].title if language else article.code,
        "state": state_pill(article),
        "crumbs": [(_("Articles"), reverse("service:article_list")), (article.code, "")],
        "body": mark_safe(html_of(texts[language].body)) if language else "",  # cleaned there
        "language": language,
        "languages": [(code, name, code in texts) for code, name in ArticleLanguage.choices],
        "shown": shown,
        "shown_tone": TONES[ArticleState(shown.state)],
        "versions": [(one, TONES[ArticleState(one.state)]) for one in versions],
        "in_work": in_work,
        "facts": _facts(article),
        "actions": _actions(request.user, article, in_work),
        "reviews": in_work and _may_review(request.user, in_work),
    }
    return render(request, "service/article_detail.html", context)


def _chosen(versions, number, article):
    by_number = {str(one.number): one for one in versions}
    return by_number.get(number) or next((one for one in versions if one.pk == article.version_id), versions[0])


def _facts(article):
    return [
        (_("Audience"), article.get_audience_display()),
        (_("Kind of ticket"), article.get_kind_display()),
        (_("Tags"), ", ".join(article.tags)),
        (_("Owner"), article.owner),
        (_("Next review"), day(article.review_on) if article.review_on else ""),
        (_("Helped"), helped(article)),
        (_("Votes"), article.n_votes),
    ]


def _may_review(user, version):
    return (
        version.state == ArticleState.REVIEW
        and user.has_perm("service.review_article")
        and version.author_id != user.pk
    )


def _actions(user, article, in_work):
    writes = (
        None
        if user.has_perm("service.change_article")
        else _("Customer service, product and compliance write articles.")
    )
    decides = None if user.has_perm("service.review_article") else _("Leads, product and compliance publish articles.")
    edit = _("Edit draft") if in_work else _("New version")
    actions = [Action(edit, reverse("service:article_edit", args=[article.code]), "edit").unless(writes)]
    if in_work and in_work.state == ArticleState.DRAFT:
        actions.append(_act(article, "submit", _("Hand in"), "send", primary=True).unless(writes))
    if in_work and in_work.state == ArticleState.REVIEWED:
        actions.append(_act(article, "publish", _("Publish"), "world", primary=True).unless(decides))
    if article.version_id and not article.is_archived:
        actions.append(_act(article, "confirm", _("Still holds"), "check").unless(decides))
        actions.append(_act(article, "archive", _("Archive"), "archive").unless(decides))
    if article.audience == Audience.PUBLIC and article.version_id and not article.is_archived:
        actions.insert(0, Action(_("Public page"), reverse("help:article", args=[article.code]), "external-link"))
    return actions


def _act(article, act, label, icon, **more):
    return Action(label, reverse("service:article_act", args=[article.code, act]), icon, post=True, **more)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_article", raise_exception=True)
def article_create(request):
    return _edit(request, Article(owner=request.user), _("New article"), reverse("service:article_list"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_article", raise_exception=True)
def article_edit(request, code):
    article = visible_article(request, code)
    newest = article.versions.prefetch_related("texts").first()
    texts = {text.language: (text.title, text.body) for text in newest.texts.all()}
    return _edit(request, article, article.code, reverse("service:article_detail", args=[code]), texts)


def _edit(request, article, title, cancel_url, texts=None):
    form = ArticleForm(request.POST or None, instance=article, texts=texts, cancel_url=cancel_url)
    if form.is_valid():
        try:
            saved = services.write_article(
                actor=request.user, article=form.instance, texts=form.texts, at=timezone.now()
            )
            messages.success(request, _("The draft is kept. Hand it in when it is ready for a review."))
            return redirect("service:article_detail", saved.code)
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [(_("Articles"), reverse("service:article_list")), (title, "")]
    context = {"form": form, "title": title, "crumbs": crumbs, "draft": "article"}
    return render(request, "service/mail_form.html", context, status=422 if form.is_bound and form.errors else 200)


ACTS = {
    "submit": ("service.change_article", services.submit_article, {}),
    "good": ("service.review_article", services.review_article, {"good": True}),
    "return": ("service.review_article", services.review_article, {"good": False}),
    "publish": ("service.review_article", services.publish_article, {}),
    "confirm": ("service.review_article", services.confirm_article, {}),
    "archive": ("service.review_article", services.archive_article, {}),
}


@require_POST
@login_required
@permission_required("service.change_article", raise_exception=True)
def article_act(request, code, act):
    """One step of an article's way; the service says whether it may be taken."""
    article = visible_article(request, code)
    if act not in ACTS or not request.user.has_perm(ACTS[act][0]):
        raise PermissionDenied
    _permission, service, more = ACTS[act]
    arguments = {"actor": request.user, "article_id": article.pk, **more}
    if act != "archive":
        arguments["at"] = timezone.now()
    if act == "return":
        arguments["remark"] = request.POST.get("remark", "")
    try:
        service(**arguments)
        messages.success(request, _("Done."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("service:article_detail", code)


@require_POST
@login_required
@permission_required("service.view_article", raise_exception=True)
def article_vote(request, code):
    """A colleague says whether an article helped; saying it again changes it."""
    article = visible_article(request, code)
    vote(article=article, helped=request.POST.get("helped") == "1", by=request.user, at=timezone.now())
    messages.success(request, _("Thank you: it counts once, and can be changed."))
    return redirect("service:article_detail", code)
