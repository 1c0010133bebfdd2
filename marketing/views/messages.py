from dataclasses import replace

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketing.content_columns import message_columns
from marketing.filters.messages import MessageFilter
from marketing.forms.messages import LANGUAGES, MessageForm
from marketing.models import Click, Message
from marketing.services.content_checks import findings_of
from marketing.services.contents import archive_message, change_message, message_url, record_message
from pages.formats import day
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask, attempt


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
        context={"crumbs": _crumbs(_("New message")), "here": _("New message")},
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
    untold = "" if language else _("Nothing is written yet.")
    to = lambda name, *more: reverse(f"marketing:{name}", args=[message.code, *more])  # noqa: E731
    seldom = lambda action: replace(action, more=True)  # noqa: E731
    return [
        act(user, change, _("Write"), to("text_write", language or "en"), "pencil", primary=True, hurdle=gone),
        act(user, change, _("Edit"), to("message_edit"), "settings", hurdle=gone),
        act(user, change, _("Send me a test"), to("test_mail", language or "en"), "send",
            hurdle=untold or ("" if message.is_mail else _("Only mails can be sent for a test."))),
        act(user, "marketing.view_message", _("Clicks"), to("message_clicks"), "chart-bar"),
        seldom(act(user, change, _("Remove this language"), to("text_remove", language or "en"), "trash", post=True,
                   hurdle=gone or untold)),
        seldom(act(user, change, _("Archive"), to("message_archive"), "archive", post=True, hurdle=gone)),
    ]  # fmt: skip


@require_POST
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def message_archive(request, code):
    message = visible_message(request, code)
    archive = lambda: archive_message(actor=request.user, message_id=message.pk, at=timezone.now())  # noqa: E731
    return redirect("marketing:message_list" if attempt(request, archive) else message_url(message))


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
