"""Rating, reviews and enhanced due diligence of a customer, as parts of the KYC tab, and the acts on them."""

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from customers.forms import kyc as shapes
from customers.kyc_commands import END, RATE
from customers.masking import Masked
from customers.models import EddCause, EddItem, EnhancedReview, FactorCode, KycProfile, KycReview, ReviewState
from customers.services import enhanced_reviews, kyc_profiles, kyc_reviews
from customers.tables import RISK_TONE
from customers.views.asking import ask
from customers.views.documents import crumbs_of
from customers.views.frame import customer_url, visible_customer
from pages.actions import Action
from pages.columns import Column
from pages.formats import day
from pages.templatetags.pages import moment, pill_html
from staff.models import ChangeRequest
from staff.services.changes import propose
from staff.views.waiting import say_waiting

SHOWN = 20
REVIEW_TONES = {ReviewState.OPEN: "amber", ReviewState.DOCUMENTS: "blue", ReviewState.DECIDED: "blue"}
REVIEW_COLUMNS = (
    Column("due_on", gettext_lazy("Due"), lambda row: day(row.due_on)),
    Column("state", gettext_lazy("State"), lambda row: pill_html(row.get_state_display(), REVIEW_TONES.get(row.state, "green"))),
    Column("decision", gettext_lazy("Decision"), lambda row: row.get_decision_display() if row.decision else "–"),
    Column("decided_by", gettext_lazy("Decided by"), lambda row: row.decided_by or "–"),
    Column("signed_by", gettext_lazy("Signed by"), lambda row: row.signed_by or "–"),
    Column("signed_at", gettext_lazy("Signed"), lambda row: moment(row.signed_at)),
)  # fmt: skip
EDD_COLUMNS = (
    Column("step", gettext_lazy("Point"), lambda row: row.get_step_display()),
    Column("finding", gettext_lazy("What was found"), lambda row: row.shown, card="wide"),
    Column("evidence", gettext_lazy("Evidence"), lambda row: row.evidence or "–"),
    Column("by", gettext_lazy("By"), lambda row: row.by),
    Column("at", gettext_lazy("At"), lambda row: moment(row.at)),
)


def profile_part(user, customer):
    """The rating with its factors and the reviews, or None for who may not see them."""
    if not user.has_perm("customers.view_kycreview"):
        return None
    profile = KycProfile.objects.filter(customer=customer).first()
    reviews = list(KycReview.objects.visible_to(user).for_list().filter(customer=customer).order_by("-id")[:SHOWN])
    current = next((one for one in reviews if one.state != ReviewState.SIGNED), None)
    return {
        "profile": profile,
        "facts": _profile_facts(profile) if profile else [],
        "factors": _factors(profile) if profile else [],
        "waiting": ChangeRequest.objects.open().about("customers_kycprofile", customer.pk),
        "reviews": reviews,
        "review_columns": REVIEW_COLUMNS,
        "acts": _acts(user, customer, profile, current),
        "conclusion": Masked(user).note(customer, current.conclusion) if current else "",
    }


def _profile_facts(profile):
    risk = dict(KycProfile._meta.get_field("rating").choices)
    return [
        (_("Rating"), pill_html(risk[profile.effective], RISK_TONE[profile.effective])),
        (_("Counted"), _("%(rating)s, %(n)d points") % {"rating": risk[profile.rating], "n": profile.points}),
        (_("Why overridden"), profile.override_reason if profile.override else ""),
        (_("Rated on"), day(profile.rated_on)),
        (_("Reviewed on"), day(profile.reviewed_on)),
        (_("Next review"), day(profile.next_review_on)),
    ]


def _factors(profile):
    """Every factor that was met, with what it added."""
    labels = {code.value: str(code.label) for code in FactorCode}
    return [(f"{labels.get(code, code)} {value}".strip(), f"+{points}") for code, value, points in profile.factors]


def _acts(user, customer, profile, current):
    handles, signs = user.has_perm(kyc_reviews.HANDLE), user.has_perm(kyc_reviews.SIGN)
    not_yours = _("Your role does not do this step of a review.")
    state = current.state if current else ""
    begin = None if profile else _("No night has rated this customer yet.")

    def at(step):
        return None if state == step else _("The review is at another step, or none is open.")

    base, signing = customer_url(customer, "review/"), customer_url(customer, "signature/")
    return [
        Action(_("Override rating"), customer_url(customer, "kyc/rate/"), "edit").unless(
            begin if user.has_perm(kyc_profiles.OVERRIDE) else _("Compliance and risk override ratings.")
        ),
        Action(_("Begin review"), f"{base}begin/", "player-play").unless(
            (begin or (_("A review is open already.") if current else None)) if handles else not_yours
        ),
        Action(_("Documents seen"), f"{base}documents/", "id").unless(at("open") if handles else not_yours),
        Action(_("Decide"), f"{base}decide/", "gavel").unless(at("documents") if handles else not_yours),
        Action(_("Sign"), f"{signing}sign/", "check", primary=True).unless(at("decided") if signs else not_yours),
        Action(_("Send back"), f"{signing}back/", "arrow-back-up").unless(at("decided") if signs else not_yours),
    ]


def _current(user, customer):
    seen = KycReview.objects.visible_to(user).open()
    return get_object_or_404(seen, customer=customer).pk


def _override(user, customer, cleaned):
    arguments = {"customer_id": customer.pk, "override": cleaned["override"]}
    return propose(actor=user, command=RATE, arguments=arguments, reason=cleaned["reason"], at=timezone.now())


def _review(service):
    def act(user, customer, cleaned):
        return service(actor=user, review_id=_current(user, customer), at=timezone.now(), **cleaned)

    return act


def _begin(user, customer, cleaned):
    return kyc_reviews.begin_review(actor=user, customer_id=customer.pk, at=timezone.now())


STEPS = {
    "begin": (gettext_lazy("Begin review"), forms.Form, _begin),
    "documents": (gettext_lazy("Documents seen"), forms.Form, _review(kyc_reviews.see_documents)),
    "decide": (gettext_lazy("Decide"), shapes.DecideForm, _review(kyc_reviews.decide_review)),
}
SIGNATURES = {
    "sign": (gettext_lazy("Sign"), forms.Form, _review(kyc_reviews.sign_review)),
    "back": (gettext_lazy("Send back"), forms.Form, _review(kyc_reviews.send_back)),
}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.override_rating", raise_exception=True)
def rating_override(request, reference):
    return _act(request, reference, {"rate": (gettext_lazy("Override rating"), shapes.OverrideForm, _override)}, "rate")


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.handle_kycreview", raise_exception=True)
def review_act(request, reference, act):
    return _act(request, reference, STEPS, act)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.sign_kycreview", raise_exception=True)
def review_sign(request, reference, act):
    return _act(request, reference, SIGNATURES, act)


def _act(request, reference, acts, act):
    customer = visible_customer(request, reference, "kyc" if request.method == "GET" else "")
    if act not in acts:
        raise Http404
    return _ask(request, customer, *acts[act])


def _ask(request, customer, title, form, do):
    """A form of a customer's KYC tab; what asks for an approval says by whom it is given."""

    def service(cleaned):
        done = do(request.user, customer, cleaned)
        return say_waiting(request, done) if isinstance(done, ChangeRequest) else done

    return ask(
        request,
        form(request.POST) if request.method == "POST" else form(),
        title=title,
        crumbs=crumbs_of(customer),
        service=service,
        then=customer_url(customer, "kyc/"),
    )


# Enhanced due diligence ----------------------------------------------------------------------------------------------
def edd_part(user, customer):
    """The newest enhanced due diligence, or None for who may not know whether there is any."""
    if not user.has_perm("customers.view_enhancedreview"):
        return None
    row = EnhancedReview.objects.visible_to(user).for_list().filter(customer=customer).order_by("-id").first()
    return {
        "row": row,
        "facts": _edd_facts(user, row) if row else [],
        "items": _items(user, customer, row),
        "columns": EDD_COLUMNS,
        "missing": [step.label for step in enhanced_reviews.missing_steps(row)] if row and row.is_open else [],
        "waiting": ChangeRequest.objects.open().about("customers_enhancedreview", row.pk) if row else [],
        "acts": _edd_acts(user, customer, row),
    }


def _items(user, customer, row):
    items, masked = list(EddItem.objects.filter(review=row).select_related("by")), Masked(user)
    for item in items:
        item.shown = masked.note(customer, item.finding)
    return items


def _edd_facts(user, row):
    hidden = row.cause in {EddCause.HIT, EddCause.PEP} and not user.has_perm("customers.view_screeninghit")
    return [
        (_("No."), str(row)),
        (_("Cause"), EddCause.OTHER.label if hidden else row.get_cause_display()),
        (_("Opened"), moment(row.opened_at)),
        (_("Opened by"), row.opened_by),
        (_("Outcome"), row.get_outcome_display() if row.outcome else _("open")),
        (_("Ended"), moment(row.ended_at)),
    ]


def _edd_acts(user, customer, row):
    why_not = None if user.has_perm(enhanced_reviews.HANDLE) else _("Compliance carries out enhanced due diligence.")
    is_open = row is not None and row.is_open
    base = customer_url(customer, "edd/")
    opening = why_not or (_("One is open already.") if is_open else None)
    working = why_not or (None if is_open else _("None is open."))
    return [
        Action(_("Begin"), f"{base}open/", "player-play").unless(opening),
        Action(_("Answer a point"), f"{base}answer/", "checklist").unless(working),
        Action(_("Ask for the outcome"), f"{base}end/", "scale", primary=True).unless(working),
    ]


def _open_edd(user, customer, cleaned):
    return enhanced_reviews.open_enhanced(actor=user, customer_id=customer.pk, at=timezone.now(), **cleaned)


def _current_edd(user, customer):
    return get_object_or_404(EnhancedReview.objects.visible_to(user).open(), customer=customer).pk


def _answer(user, customer, cleaned):
    return enhanced_reviews.answer_step(
        actor=user, review_id=_current_edd(user, customer), at=timezone.now(), **cleaned
    )


def _end(user, customer, cleaned):
    arguments = {"review_id": _current_edd(user, customer), "outcome": cleaned["outcome"]}
    return propose(actor=user, command=END, arguments=arguments, reason=cleaned["reason"], at=timezone.now())


EDD_ACTS = {
    "open": (gettext_lazy("Begin enhanced due diligence"), shapes.OpenEddForm, _open_edd),
    "answer": (gettext_lazy("Answer a point"), shapes.EddStepForm, _answer),
    "end": (gettext_lazy("Ask for the outcome"), shapes.EddEndForm, _end),
}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.handle_enhancedreview", raise_exception=True)
def edd_act(request, reference, act):
    return _act(request, reference, EDD_ACTS, act)
