from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.columns import policy_columns, review_text
from governance.filters.policies import PolicyFilter
from governance.forms.policies import InForceForm, PolicyForm, ReviewForm, VersionForm
from governance.models import Policy
from governance.rules.differences import differences
from governance.services.attestations import own_attestation, rate_of
from governance.services.policies import (
    LANGUAGES,
    change_policy,
    policy_url,
    propose_version,
    record_policy,
    review_policy,
    waiting_for,
    write_version,
)
from pages.formats import day
from pages.lists import ListPage, render_list
from risk.models import Control, Risk
from risk.views.acts import act, ask
from service.rules.markup import html_of
from staff.rules.roles import Role
from staff.views.waiting import say_waiting

SHOWN = 100


@require_safe
@login_required
@permission_required("governance.view_policy", raise_exception=True)
def policy_list(request):
    seen = Policy.objects.visible_to(request.user).for_list(timezone.localdate())
    listing = ListPage(
        request,
        filterset=PolicyFilter(request.GET, queryset=seen, request=request),
        columns=policy_columns(),
        order=["code"],
        row_url=lambda policy: f"/governance/policies/{policy.code}/",
        all_label=_("All policies"),
        label=_("Policies"),
        empty=_("No policy yet. Record the first one, then write what it says."),
    )
    new, confirmed = reverse("governance:policy_create"), reverse("governance:attestation_list")
    actions = [
        act(request.user, "governance.add_policy", _("New policy"), new, "plus", primary=True),
        act(request.user, "governance.view_attestation", _("Confirmations"), confirmed, "checks"),
    ]
    return render_list(request, "governance/policy_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.add_policy", raise_exception=True)
def policy_create(request):
    form = PolicyForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"here": _("New policy"), "crumbs": _crumbs((_("New policy"), ""))},
        verb=_("Save and write it"),
        then=reverse("governance:policy_list"),
        service=lambda: record_policy(actor=request.user, **form.cleaned_data),
        leads=lambda policy: reverse("governance:version_write", args=[policy.code]),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.change_policy", raise_exception=True)
def policy_edit(request, code):
    policy = visible_policy(request, code)
    form = PolicyForm(request.POST or None, instance=policy, user=request.user)
    change = lambda: change_policy(actor=request.user, policy_id=policy.pk, **form.cleaned_data)  # noqa: E731
    return _act(request, policy, form, _("Edit"), change)


@require_safe
@login_required
@permission_required("governance.view_policy", raise_exception=True)
def policy_detail(request, code):
    """What holds today, or `?version=` as it stands, in one of its languages; and what one has to confirm."""
    policy, today = visible_policy(request, code), timezone.localdate()
    versions = visible_versions(request.user, policy)
    current = in_force(versions, today)
    shown = _asked_for(versions, request.GET.get("version", "")) or current or next(iter(versions), None)
    language = shown.language_for(request.GET.get("lang")) if shown else ""
    draft = next((one for one in versions if one.is_draft), None)
    context = {
        "policy": policy,
        "crumbs": _crumbs((policy.name, "")),
        "shown": shown,
        "current": current,
        "tone": tone_of(shown, current, today) if shown else "",
        "state": state_of(shown, current, today) if shown else "",
        "body": mark_safe(html_of(shown.texts[language])) if language else "",  # cleaned there
        "language": language,
        "languages": [(one, name, one in shown.texts) for one, name in LANGUAGES.items()] if shown else [],
        "versions": [(one, state_of(one, current, today), tone_of(one, current, today)) for one in versions],
        "pairs": _neighbours(versions, shown),
        "own": own_attestation(request.user, current),
        "rate": rate_of(current, today) if current and sees_everybody(request.user) else None,
        "waiting": waiting_for(draft) if draft else [],
        "facts": facts_of(policy),
        "actions": _actions(request.user, policy, draft, current),
        **governed_by(request.user, policy),
    }
    return render(request, "governance/policy_detail.html", context)


def governed_by(user, policy):
    """The risks and controls that a policy governs, as far as the reader sees them, and the policies under it."""
    return {
        "risks": Risk.objects.visible_to(user).filter(policies=policy).order_by("reference")[:SHOWN],
        "controls": Control.objects.visible_to(user).filter(policies=policy).order_by("code")[:SHOWN],
        "children": Policy.objects.visible_to(user).filter(parent=policy).order_by("name")[:SHOWN],
    }


def visible_versions(user, policy):
    """Newest first; drafts are for those who write or approve."""
    versions = policy.versions.select_related("written_by")
    works = user.has_perm("governance.change_policy") or user.has_perm("governance.check_policy")
    return list(versions if works else versions.filter(effective_from__isnull=False))


def in_force(versions, today):
    begun = [one for one in versions if one.effective_from and one.effective_from <= today]
    return max(begun, key=lambda one: one.effective_from, default=None)


def state_of(version, current, today):
    if version.is_draft:
        return _("Draft")
    if version.effective_from > today:
        return _("From %(day)s") % {"day": day(version.effective_from)}
    return _("In force") if version == current else _("Replaced")


def tone_of(version, current, today):
    if version.is_draft or version.effective_from > today:
        return "amber"
    return "green" if version == current else ""


def sees_everybody(user):
    return user.has_perm("governance.oversee_attestation")


def _asked_for(versions, number):
    return next((one for one in versions if str(one.number) == number), None)


def _neighbours(versions, shown):
    """The version shown and the one before it, to be compared, or nothing for the first."""
    before = next((one for one in versions if shown and one.number < shown.number), None)
    return (before.number, shown.number) if before else None


def facts_of(policy):
    roles = [str(Role(role).label) for role in policy.audience_roles]
    audience = ", ".join([*roles, *map(str, policy.audience_teams.all())]) or _("Everybody")
    line = _("%(audience)s, of %(line)s") % {"audience": audience, "line": policy.line} if policy.line else audience
    return [
        (_("Who confirms it"), line),
        (_("Days to confirm it"), policy.confirm_days),
        (_("Source of law"), policy.source),
        (_("Stands under"), policy.parent),
        (_("Reviewed every … months"), policy.review_months),
        (_("Next review"), review_text(policy)),
    ]


def _actions(user, policy, draft, current):
    to = lambda name: reverse(f"governance:{name}", args=[policy.code])  # noqa: E731
    undrafted = "" if draft else _("There is no draft of this policy: write one first.")
    unwritten = "" if current else _("No version of this policy is in force yet.")
    change, oversee = "governance.change_policy", "governance.oversee_attestation"
    verb = _("Edit draft") if draft else _("Write a version")
    return [
        act(user, change, verb, to("version_write"), "edit", primary=not draft),
        act(user, change, _("Put in force"), to("version_propose"), "checks", hurdle=undrafted, primary=bool(draft)),
        act(user, change, _("Record review"), to("policy_review"), "clipboard-check", hurdle=unwritten),
        act(user, change, _("Edit"), to("policy_edit"), "settings"),
        act(user, oversee, _("Who has confirmed"), to("policy_attestations"), "users-group", hurdle=unwritten),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.change_policy", raise_exception=True)
def version_write(request, code):
    """Write the draft, beginning with the one in work or the last version."""
    policy = visible_policy(request, code)
    last = policy.versions.first()
    draft = last if last and last.is_draft else None
    form = VersionForm(
        request.POST or None,
        texts=last.texts if last else None,
        initial={"summary": draft.summary if draft else ""},
    )
    write = lambda: write_version(actor=request.user, policy_id=policy.pk, at=timezone.now(), **form.written)  # noqa: E731
    show = lambda version: f"{policy_url(policy)}?version={version.number}"  # noqa: E731
    return _act(request, policy, form, _("Save draft"), write, leads=show)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.change_policy", raise_exception=True)
def version_propose(request, code):
    policy = visible_policy(request, code)
    form = InForceForm(request.POST or None, initial={"effective_from": timezone.localdate()})
    propose = lambda: say_waiting(  # noqa: E731
        request,
        propose_version(actor=request.user, policy_id=policy.pk, at=timezone.now(), **form.cleaned_data),
    )
    return _act(request, policy, form, _("Ask for approval"), propose)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.change_policy", raise_exception=True)
def policy_review(request, code):
    policy = visible_policy(request, code)
    form = ReviewForm(request.POST or None)
    review = lambda: review_policy(  # noqa: E731
        actor=request.user, policy_id=policy.pk, at=timezone.now(), **form.cleaned_data
    )
    return _act(request, policy, form, _("Record review"), review)


def _act(request, policy, form, verb, service, leads=None):
    url = policy_url(policy)
    context = {"crumbs": _crumbs((policy.name, url), (verb, "")), "about": policy.name}
    return ask(request, form, context=context, verb=verb, then=url, service=service, leads=leads)


@require_safe
@login_required
@permission_required("governance.view_policy", raise_exception=True)
def version_compare(request, code):
    """What changed from one version to another, in one language."""
    policy = visible_policy(request, code)
    versions = visible_versions(request.user, policy)
    new = _asked_for(versions, request.GET.get("to", "")) or next(iter(versions), None)
    if new is None:
        return redirect(policy_url(policy))
    old = _asked_for(versions, request.GET.get("from", "")) or next(
        (one for one in versions if one.number < new.number), new
    )
    language = new.language_for(request.GET.get("lang"))
    found = differences(old.texts.get(language, ""), new.texts.get(language, ""))
    context = {
        "policy": policy,
        "crumbs": _crumbs((policy.name, policy_url(policy)), (_("Compare"), "")),
        "old": old,
        "new": new,
        "versions": versions,
        "language": language,
        "languages": [(one, name, one in new.texts) for one, name in LANGUAGES.items()],
        "paragraphs": found,
        "changed": sum(one.kind != "same" for one in found),
    }
    return render(request, "governance/version_compare.html", context)


def _crumbs(*more):
    return [(_("Policies"), reverse("governance:policy_list")), *more]


def visible_policy(request, code):
    seen = Policy.objects.visible_to(request.user).for_list(timezone.localdate())
    return get_object_or_404(seen, code=code)
