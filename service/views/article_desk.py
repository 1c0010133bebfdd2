"""Articles beside a ticket: suggested by its words, found by typing, put into the answer."""

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from service.models import Article, Audience, Ticket
from service.rules.markup import plain_of
from service.services import article_gaps as gaps
from service.services.article_finding import find_articles, note_miss, suggest_articles, use_article

LONGEST = 2_000
TYPED = 4  # signs from which a search that finds nothing is one that somebody meant


@require_safe
@login_required
@permission_required("service.view_article", raise_exception=True)
def article_suggest(request):
    """Articles for what is typed: `find` are words of a search, `subject` and `text` those of a ticket. With `ticket`, its
    subject and language are known, and each article can be put into the answer."""
    ticket = _ticket(request)
    language = (ticket.language if ticket else "") or get_language()
    words = request.GET.get("find", "")[:LONGEST].strip()
    if words:
        found = find_articles(words, language=language, audience=Audience.STAFF)
        if not found and len(words) >= TYPED and request.GET.get("done"):
            note_miss(text=words, audience=Audience.STAFF, at=timezone.now())
    else:
        said = f"{ticket.subject if ticket else ''} {request.GET.get('subject', '')} {request.GET.get('text', '')}"
        found = suggest_articles(said[:LONGEST], language=language)
    context = {"found": [_shown(one, ticket) for one in found], "ticket": ticket, "asked": bool(words)}
    return render(request, "service/article_found.html", context)


def _ticket(request):
    reference = request.GET.get("ticket", "")
    seen = Ticket.objects.visible_to(request.user)
    return seen.filter(reference=reference[:16]).first() if reference else None


def _shown(found, ticket):
    address = f"{reverse('help:article', args=[found.article.code])}?lang={found.language}"
    is_public = found.article.audience == Audience.PUBLIC
    return {
        "title": found.title,
        "url": f"{reverse('service:article_detail', args=[found.article.code])}?lang={found.language}",
        "link": f"{found.title}: {settings.SITE_URL}{address}" if is_public and ticket else "",
        "words": plain_of(found.body) if is_public and ticket else "",
        "use": reverse("service:article_use", args=[found.article.code, ticket.reference]) if ticket else "",
        "language": found.language,
    }


def articles_panel(user, ticket):
    """The section beside a ticket; what stands in it is asked for once the page is there."""
    return {"url": reverse("service:article_suggest"), "ticket": ticket.reference}


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def article_use(request, code, reference):
    """Note that an article went into the answer of a ticket."""
    article = get_object_or_404(Article.objects.visible_to(request.user).published(), code=code)
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), reference=reference)
    use_article(actor=request.user, article=article, ticket=ticket, at=timezone.now())
    return HttpResponse(status=204)


@require_safe
@login_required
@permission_required("service.view_article_gaps", raise_exception=True)
def article_gaps(request):
    now, user, language = timezone.now(), request.user, get_language()
    context = {
        "misses": gaps.misses(at=now),
        "tags": gaps.tags_without_articles(user, at=now),
        "kinds": gaps.kinds_and_articles(user, at=now),
        "unhelpful": gaps.unhelpful(user, language),
        "overdue": gaps.overdue(user, language, at=now),
    }
    return render(request, "service/article_gaps.html", context)
