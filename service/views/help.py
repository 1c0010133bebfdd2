"""The public pages of the knowledge base: no sign-in; articles that are published for everybody and nothing else."""

import secrets

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from service.models import Article, ArticleLanguage, Audience
from service.rules.markup import html_of
from service.services.article_finding import find_articles, note_miss, text_of, vote
from staff.rate_limits import limited, searches

VISITOR = "help_visitor"
A_YEAR = 366 * 24 * 3600
LONGEST = 200
MOST_LISTED = 100


def _speak(request):
    """`?lang=` says which language a link was written in; the reader's own choice stands without it."""
    language = request.GET.get("lang", "")
    if language in ArticleLanguage.values:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    return translation.get_language()


@require_safe
@limited("help", when=searches)
def index(request):
    language, words = _speak(request), request.GET.get("q", "")[:LONGEST].strip()
    found = find_articles(words, language=language, audience=Audience.PUBLIC) if words else []
    if words and not found:
        note_miss(text=words, audience=Audience.PUBLIC, at=timezone.now())
    listed = Article.objects.public().titled(language).order_by("code")[:MOST_LISTED] if not words else []
    rows = [(one.article.code, one.title, one.language) for one in found] or [
        (row.code, row.title, "") for row in listed
    ]
    return render(request, "help/index.html", {"rows": rows, "words": words, "language": language})


@require_safe
def article(request, code):
    language = _speak(request)
    kept = get_object_or_404(Article.objects.public().select_related("version"), code=code)
    text = text_of(kept, language)
    if text is None:
        raise Http404
    spoken = set(kept.version.texts.values_list("language", flat=True))
    context = {
        "article": kept,
        "text": text,
        "body": mark_safe(html_of(text.body)),  # cleaned there
        "languages": [(one, name) for one, name in ArticleLanguage.choices if one in spoken],
        "voted": request.GET.get("thanks") == "1",
    }
    return render(request, "help/article.html", context)


@require_POST
@limited("help")
def article_vote(request, code):
    """A visitor's word, once for each browser: a cookie that says nothing else knows it again."""
    kept = get_object_or_404(Article.objects.public(), code=code)
    visitor = request.COOKIES.get(VISITOR, "")[:64] or secrets.token_urlsafe(24)
    vote(article=kept, helped=request.POST.get("helped") == "1", visitor=visitor, at=timezone.now())
    answer = redirect(f"{request.path.removesuffix('vote/')}?thanks=1")
    answer.set_cookie(
        VISITOR, visitor, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        path="/help/",
    )  # fmt: skip
    return answer
