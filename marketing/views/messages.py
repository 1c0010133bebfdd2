from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from customers.services.suitability_rules import company_day
from customers.views.dated_rules import changing
from marketing.content_columns import claim_columns, message_columns
from marketing.dated_rules import DISCLOSURES, FORBIDDEN_WORDS
from marketing.filters.messages import ClaimFilter, MessageFilter
from marketing.forms.messages import LANGUAGES, ClaimForm, MessageForm, TextForm
from marketing.models import Claim, Click, Disclosure, ForbiddenWord, Message
from marketing.services.claims import add_claim, approve_claim
from marketing.services.content_checks import findings_of
from marketing.services.contents import archive_message, change_message, message_url, record_message, write_text
from marketing.services.rendering import prepare
from marketing.services.variables import FROM_ELSEWHERE, samples, values_of
from pages.columns import Column
from pages.formats import day
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def message_list(request):
    listing = ListPage(
        request,
        filterset=MessageFilter(
            request.GET, queryset=Message.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=message_columns(),
        order=["-created_at", "-id"],
        row_url=message_url,
        all_label=_("All messages"),
        label=_("Messages"),
        empty=_("No message yet. Begin one, then write it in each language."),
    )
    new = reverse("marketing:message_create")
    actions = [
        act(request.user, "marketing.add_message", _("New message"), new, "plus", primary=True),
        act(request.user, "marketing.view_message", _("Calendar"), reverse("marketing:content_calendar"), "calendar"),
    ]
    return render_list(request, "marketing/message_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_message", raise_exception=True)
def message_create(request):
    form = MessageForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"crumbs": _crumbs(_("New message"))},
        verb=_("Save and write it"),
        then=reverse("marketing:message_list"),
        service=lambda: record_message(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=lambda made: reverse("marketing:text_write", args=[made.code, "en"]),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def message_edit(request, code):
    message = visible_message(request, code)
    form = MessageForm(request.POST or None, instance=message, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": crumbs_of(message, _("Edit"))},
        verb=_("Edit"),
        then=message_url(message),
        service=lambda: change_message(
            actor=request.user, message_id=message.pk, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def message_detail(request, code):
    """What a message says in each language, how it looks, what the checks say, where it is used."""
    message = visible_message(request, code)
    texts = {one.language: one for one in message.texts.all()}
    language = request.GET.get("lang") if request.GET.get("lang") in texts else next(iter(texts), "")
    context = {
        "message": message,
        "crumbs": crumbs_of(message),
        "text": texts.get(language),
        "language": language,
        "languages": [(key, label, key in texts) for key, label in LANGUAGES.items()],
        "as_customer": request.GET.get("as", "").strip()[:20],
        "findings": findings_of(message, at=timezone.now()),
        "clicks": Click.objects.filter(link__message=message).count(),
        "links": message.links.order_by("url")[:50],
        "campaigns": [one.campaign for one in message.variants.select_related("campaign").order_by("-pk")[:20]],
        "writes": request.user.has_perm("marketing.change_message"),
        "actions": _actions(request.user, message, language),
        "facts": [
            (_("Channel"), message.get_channel_display()),
            (_("Consent to"), message.get_purpose_display()),
            (_("Line"), message.line or _("Whole company")),
            (_("Product"), message.product),
            (_("Owner"), message.owner),
            (_("Planned for"), day(message.planned_on) if message.planned_on else None),
        ],
    }
    return render(request, "marketing/message_detail.html", context)


def _actions(user, message, language):
    change, gone = "marketing.change_message", _("This message is archived.") if message.archived_at else ""
    to = lambda name, *more: reverse(f"marketing:{name}", args=[message.code, *more])  # noqa: E731
    return [
        act(user, change, _("Write"), to("text_write", language or "en"), "pencil", primary=True, hurdle=gone),
        act(user, change, _("Edit"), to("message_edit"), "settings", hurdle=gone),
        act(user, "marketing.view_message", _("Clicks"), to("message_clicks"), "chart-bar"),
        act(user, change, _("Archive"), to("message_archive"), "archive", post=True, hurdle=gone),
    ]


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def message_preview(request, code, language):
    """How a message looks: with sample values, or as a customer would get it, what is personal masked. A page of its own
    that can do nothing: no script, nothing from elsewhere."""
    message = visible_message(request, code)
    if language not in {one.language for one in message.texts.all()}:
        raise Http404
    prepared = prepare(message, at=timezone.now(), tracked=False)
    customer = Customer.objects.visible_to(request.user).filter(reference=request.GET.get("as", "").upper()).first()
    values = samples()
    if customer is not None:
        own = values_of([customer.pk], prepared.names, at=timezone.now(), masked=True)[customer.pk]
        values = {**{name: values[name] for name in FROM_ELSEWHERE}, **own}
    return shown_alone(message, prepared.render(language, values, token="0" * 32))


def shown_alone(message, shown):
    """A page of its own that can do nothing: no script, nothing from elsewhere, framed by our own pages alone."""
    if message.is_mail:
        answer = HttpResponse(shown.html)
    else:
        answer = HttpResponse(f"{shown.subject}\n\n{shown.text}".strip(), content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = PREVIEW_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "no-store"
    answer._csp_exempt = True  # this page has a stricter policy of its own
    return answer


PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def text_write(request, code, language):
    message = visible_message(request, code)
    if language not in LANGUAGES:
        raise Http404
    kept = message.texts.filter(language=language).first()
    form = TextForm(request.POST or None, message=message, text=kept)
    shown = f"{message_url(message)}?lang={language}"
    return ask(
        request,
        form,
        context={
            "crumbs": crumbs_of(message, LANGUAGES[language]),
            "message": message,
            "language": language,
            "here": LANGUAGES[language],
        },
        verb=_("Save the text"),
        template="marketing/text_write.html",
        then=shown,
        service=lambda: write_text(
            actor=request.user, message_id=message.pk, language=language, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_POST
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def message_archive(request, code):
    message = visible_message(request, code)
    archive_message(actor=request.user, message_id=message.pk, at=timezone.now())
    return redirect("marketing:message_list")


@require_safe
@login_required
@permission_required("marketing.view_claim", raise_exception=True)
def claim_list(request):
    listing = ListPage(
        request,
        filterset=ClaimFilter(request.GET, queryset=Claim.objects.visible_to(request.user).for_list(), request=request),
        columns=claim_columns(),
        order=["-added_at", "-id"],
        row_url=lambda one: reverse("marketing:claim_detail", args=[one.pk]),
        all_label=_("All claims"),
        label=_("Claims"),
        empty=_("No claim yet. Enter what messages say of us and can be proved."),
    )
    new = reverse("marketing:claim_create")
    actions = [act(request.user, "marketing.add_claim", _("New claim"), new, "plus", primary=True)]
    return render_list(request, "marketing/claim_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_claim", raise_exception=True)
def claim_create(request):
    form = ClaimForm(request.POST or None)
    back = reverse("marketing:claim_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Claims"), back), (_("New claim"), "")]},
        verb=_("New claim"),
        then=back,
        service=lambda: add_claim(actor=request.user, at=timezone.now(), **form.cleaned_data),
    )


@require_safe
@login_required
@permission_required("marketing.view_claim", raise_exception=True)
def claim_detail(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    approve = reverse("marketing:claim_approve", args=[claim.pk])
    waits = "" if claim.approved_at is None else _("This claim is approved already.")
    own = _("Whoever added a claim does not approve it.") if claim.added_by_id == request.user.pk else ""
    context = {
        "claim": claim,
        "crumbs": [(_("Claims"), reverse("marketing:claim_list")), (claim.words, "")],
        "facts": [
            (_("Language"), claim.get_language_display()),
            (_("Proof"), claim.proof),
            (_("Holds until"), day(claim.expires_on)),
            (_("Entered"), f"{claim.added_by}, {day(timezone.localdate(claim.added_at))}"),
            (_("Approved by"), claim.approved_by),
        ],
        "actions": [
            act(request.user, "marketing.approve_claim", _("Approve"), approve, "check", post=True, primary=not waits,
                hurdle=waits or own)
        ],
    }  # fmt: skip
    return render(request, "marketing/claim_detail.html", context)


@require_POST
@login_required
@permission_required("marketing.approve_claim", raise_exception=True)
def claim_approve(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user), pk=pk)
    approve_claim(actor=request.user, claim_id=claim.pk, at=timezone.now())
    return redirect("marketing:claim_detail", claim.pk)


WORD_COLUMNS = (
    Column("words", gettext_lazy("Words"), lambda row: row.words),
    Column("language", gettext_lazy("Language"), lambda row: row.get_language_display()),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)
DISCLOSURE_COLUMNS = (
    Column("text", gettext_lazy("Text"), lambda row: row.text),
    Column("line", gettext_lazy("Line"), lambda row: row.line or _("every line")),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("channel", gettext_lazy("Channel"), lambda row: row.get_channel_display() or _("every channel")),
    *WORD_COLUMNS[1:],
)


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def content_rule_list(request):
    """What no message may say, and what messages must say."""
    today = company_day(timezone.now())
    words = changing(
        request.user, FORBIDDEN_WORDS, change="marketing:forbidden_word_change",
        confirm="marketing:forbidden_word_confirm",
    )  # fmt: skip
    disclosures = changing(
        request.user, DISCLOSURES, change="marketing:disclosure_change", confirm="marketing:disclosure_confirm"
    )
    context = {
        "words": ForbiddenWord.objects.in_force(today),
        "word_columns": (*WORD_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), words["confirmed"])),
        "word_url": words["rule_url"],
        "disclosures": Disclosure.objects.in_force(today),
        "disclosure_columns": (
            *DISCLOSURE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), disclosures["confirmed"])
        ),
        "disclosure_url": disclosures["rule_url"],
        "waiting": [*words["waiting"], *disclosures["waiting"]],
        "actions": [*words["actions"], *disclosures["actions"]],
        "today": today,
    }  # fmt: skip
    return render(request, "marketing/content_rule_list.html", context)


def visible_message(request, code):
    """The message, or 404 for one that is not there or not for the reader: the two look the same."""
    return get_object_or_404(Message.objects.visible_to(request.user).for_list(), code=code)


def _crumbs(*more):
    return [(_("Messages"), reverse("marketing:message_list")), *((word, "") for word in more)]


def crumbs_of(message, *more):
    return [
        (_("Messages"), reverse("marketing:message_list")),
        (message.name, message_url(message) if more else ""),
        *((word, "") for word in more),
    ]
