"""The Suitability tab of a customer: their class with its evidence, what they may buy, what they may withdraw from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.middleware import client_address
from customers.forms.suitability import AskForm, CheckForm, ReviewForm, WithdrawForm
from customers.models import CoolingOff, SuitabilityCheck, SuitabilityResult
from customers.services.cooling_off import withdraw
from customers.services.suitability import may_buy, may_buy_each
from customers.services.suitability_carrying import standing_result
from customers.services.suitability_checks import record_check
from customers.services.suitability_links import ask_by_link
from customers.services.suitability_results import SUITABILITY, review_result
from customers.suitability_columns import (
    CHECK_COLUMNS,
    HISTORY_COLUMNS,
    class_pill,
    cooling_off_columns,
    evidence_link,
    reason_items,
    valid_cell,
    verdict_pill,
    verdict_words,
)
from customers.views.asking import ask
from customers.views.frame import customer_url, frame, visible_customer
from pages.actions import Action
from pages.templatetags.pages import moment
from products.columns import RATING_TONES
from products.models import Product
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting
from surveys.models import Invitation
from surveys.services.invitations import link_of
from surveys.services.responses import start_by_staff
from surveys.signs import sentence_of

SHOWN = 50
PRODUCTS = 15


def crumbs(customer):
    home = (_("Customers"), reverse("customers:customer_list"))
    return [home, (customer.reference, customer_url(customer, "suitability/"))]


@require_safe
@login_required
@permission_required("customers.view_suitabilityresult", raise_exception=True)
def customer_suitability(request, reference):
    customer, user, now = visible_customer(request, reference, "suitability"), request.user, timezone.now()
    results = SuitabilityResult.objects.filter(customer__in=customer.numbers).select_related("reviewed_by", "response")
    history = list(results.order_by("-decided_at", "-id")[:SHOWN])
    current = standing_result(customer, now)
    checks = SuitabilityCheck.objects.filter(customer=customer).select_related("product", "by").order_by("-at", "-id")
    periods = CoolingOff.objects.visible_to(user).filter(customer=customer).for_list().order_by("-ends_on", "-id")
    return render(
        request,
        "customers/customer_suitability.html",
        {
            **frame(request, customer, "suitability"),
            "current": current,
            "standing": _facts(current),
            "signs": [sentence_of(sign) for sign in history[0].response.signs] if history else [],
            "history": history,
            "history_columns": HISTORY_COLUMNS,
            "checks": checks[:SHOWN],
            "check_columns": CHECK_COLUMNS,
            "periods": periods[:SHOWN],
            "period_columns": cooling_off_columns(user.has_perm("customers.withdraw_coolingoff")),
            "links": _links(user, customer, now),
            "acts": _acts(user, customer),
            "waiting": _waiting(periods[:SHOWN]),
        },
    )


def _facts(result):
    if result is None:
        return []
    return [
        (_("Class"), class_pill(result)),
        (_("Valid until"), valid_cell(result)),
        (_("Assessed"), moment(result.decided_at)),
        (_("Score"), result.score),
        (_("Filled in by"), result.response.filled_by or _("The customer")),
        (_("Evidence"), evidence_link(result)),
        *(
            [(_("After a merge"), _("The stricter class of both records, until assessed anew"))]
            if hasattr(result, "is_carried")
            else []
        ),
    ]


def _links(user, customer, now):
    """Links that are open, for those who may pass them on."""
    if not user.has_perm("surveys.fill_response"):
        return []
    opened = Invitation.objects.filter(purpose=SUITABILITY, subject=customer.pk).open(now).order_by("-id")
    return [(one, link_of(one)) for one in opened[:3]]


def _acts(user, customer):
    why_not = None if user.has_perm("surveys.fill_response") else _("Customer service assesses customers.")
    return [
        Action(_("May buy…"), customer_url(customer, "may-buy/"), "shopping-cart"),
        Action(_("Assess…"), customer_url(customer, "suitability/ask/"), "checklist", primary=True).unless(why_not),
    ]


def _waiting(periods):
    keys = [str(one.pk) for one in periods]
    return ChangeRequest.objects.open().filter(target_table="customers_coolingoff", target_pk__in=keys)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.fill_response", raise_exception=True)
def suitability_ask(request, reference):
    """Fill the questionnaire in with the customer, or send or show them a link."""
    customer = visible_customer(request, reference, "suitability" if request.method == "GET" else "")
    then = {"url": customer_url(customer, "suitability/")}

    def service(cleaned):
        then["url"] = _ask(request, customer, **cleaned)

    form = AskForm(request.POST or None, initial={"language": customer.language or "zh-hans", "how": "fill"})
    answer = ask(
        request, form, title=_("Assess suitability"), crumbs=crumbs(customer), service=service, then=then["url"],
        verb=_("Go on"),
    )  # fmt: skip
    return redirect(then["url"]) if answer.status_code == 302 else answer


def _ask(request, customer, *, how, language, days):
    now, tab = timezone.now(), customer_url(customer, "suitability/")
    if how == "fill":
        response = start_by_staff(
            actor=request.user, purpose=SUITABILITY, subject=customer.pk, language=language,
            address=client_address(request), at=now,
        )  # fmt: skip
        return reverse("surveys:response_fill", args=[response.pk])
    ask_by_link(actor=request.user, customer=customer, language=language, days=days, by_email=how == "email", at=now)
    said = _("The link goes out by e-mail.") if how == "email" else _("The link stands below.")
    messages.success(request, said)
    return tab


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.review_suitability", raise_exception=True)
def suitability_review(request, reference, pk):
    """Say whether an assessment that looks odd counts."""
    customer = visible_customer(request, reference, "suitability" if request.method == "GET" else "")
    result = get_object_or_404(SuitabilityResult.objects.visible_to(request.user), pk=pk, customer__in=customer.numbers)

    def service(cleaned):
        return review_result(
            actor=request.user, result_id=result.pk, confirm=cleaned["decision"] == "confirm",
            reason=cleaned["reason"], at=timezone.now(),
        )  # fmt: skip

    return ask(
        request,
        ReviewForm(request.POST or None),
        title=_("Look at the assessment"),
        crumbs=crumbs(customer),
        service=service,
        then=customer_url(customer, "suitability/"),
        verb=_("Save"),
    )


def products_found(user, text):
    seen = Product.objects.visible_to(user).select_related("line", "version")
    if text:
        seen = seen.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return seen.order_by("line__position", "code")[:PRODUCTS]


@require_safe
@login_required
@permission_required("customers.view_suitabilityresult", raise_exception=True)
def customer_may_buy(request, reference):
    """Products by name or code, each with whether this customer may buy it, and why not."""
    customer, text = visible_customer(request, reference, "may_buy"), request.GET.get("q", "").strip()[:80]
    products = list(products_found(request.user, text))
    answers = may_buy_each(customer, products, timezone.now())
    context = {
        "customer": customer,
        "q": text,
        "answers": [_shown(product, answer) for product, answer in zip(products, answers, strict=True)],
        "may_record": request.user.has_perm("customers.record_suitabilitycheck"),
    }
    if request.htmx.target == "may-buy-answers":
        return render(request, "customers/may_buy_answers.html", context)
    return render(request, "customers/customer_may_buy.html", {**frame(request, customer, "suitability"), **context})


def _shown(product, answer):
    rating = product.version and product.version.risk_rating
    return {
        "product": product,
        "rating": rating,
        "rating_tone": RATING_TONES.get(rating, ""),
        "verdict": verdict_pill(answer.verdict),
        "reasons": reason_items(answer),
    }


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.record_suitabilitycheck", raise_exception=True)
def suitability_check(request, reference, code):
    """Record an order or an offer with the answer that it stood on."""
    customer = visible_customer(request, reference, "may_buy" if request.method == "GET" else "")
    product = get_object_or_404(Product.objects.visible_to(request.user).select_related("line", "version"), code=code)
    answer = may_buy(customer, product, timezone.now())
    form = CheckForm(request.POST or None, initial={"use": "order", "warning": _warning(product)})

    def service(cleaned):
        _kept, found = record_check(
            actor=request.user, customer_id=customer.pk, product_code=product.code, at=timezone.now(), **cleaned
        )
        messages.info(request, " ".join([verdict_words(found.verdict) + ".", *(one["text"] for one in found.reasons)]))

    return ask(
        request,
        form,
        title=_("%(product)s: record an order or an offer") % {"product": product},
        crumbs=crumbs(customer),
        service=service,
        then=customer_url(customer, "suitability/"),
        verb=_("Record"),
        notices=[(text, tone) for text, tone in reason_items(answer)],
    )


def _warning(product):
    rating = product.version.get_risk_rating_display() if product.version else "–"
    return _(
        "The risk rating of %(product)s is %(rating)s, above your risk class. You may lose part or all of the money. "
        "You buy it of your own accord, without advice from us."
    ) % {"product": product, "rating": rating}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.withdraw_coolingoff", raise_exception=True)
def cooling_off_withdraw(request, reference, pk):
    """Record that the customer withdraws; where money is paid back, somebody else approves it first."""
    customer = visible_customer(request, reference, "cooling_off" if request.method == "GET" else "")
    period = get_object_or_404(CoolingOff.objects.visible_to(request.user).for_list(), pk=pk, customer=customer)

    def service(cleaned):
        made = withdraw(actor=request.user, cooling_off_id=period.pk, at=timezone.now(), **cleaned)
        if isinstance(made, ChangeRequest):
            say_waiting(request, made)

    return ask(
        request,
        WithdrawForm(request.POST or None, initial={"declared_on": timezone.localdate()}),
        title=_("Withdraw from %(product)s") % {"product": period.product},
        crumbs=crumbs(customer),
        service=service,
        then=customer_url(customer, "suitability/"),
        verb=_("Withdraw"),
        tone="red",
    )
