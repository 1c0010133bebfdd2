from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers.own_panels import caller_panel
from customers.services.callers import TooManyFailures, answer_question, end_verification, tell_of_failures
from customers.views.frame import customer_url, visible_customer


@require_POST
@login_required
@permission_required("customers.verify_caller", raise_exception=True)
def caller_answer(request, reference):
    """Compare what a caller said with the record, and show how far the checklist is."""
    customer, now, problem = visible_customer(request, reference), timezone.now(), ""
    try:
        answer_question(
            actor=request.user,
            customer_id=customer.pk,
            question=request.POST.get("question", ""),
            said=request.POST.get("said", ""),
            at=now,
        )
    except TooManyFailures as error:
        # Told after the transaction: what is raised is rolled back.
        tell_of_failures(actor=request.user, customer=customer, at=now)
        problem = " ".join(error.messages)
    except ValidationError as error:
        problem = " ".join(error.messages)
    return _answer(request, customer, problem)


@require_POST
@login_required
@permission_required("customers.verify_caller", raise_exception=True)
def caller_end(request, reference):
    """The call is over, or somebody else speaks now."""
    customer = visible_customer(request, reference)
    end_verification(actor=request.user, customer_id=customer.pk, at=timezone.now())
    return _answer(request, customer, "")


def _answer(request, customer, problem):
    if request.htmx.target == "caller":
        panel = {**(caller_panel(request.user, customer) or {}), "problem": problem, "goes_on": True}
        return render(request, "customers/caller_panel.html", {"panel": panel}, status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
    return redirect(customer_url(customer))
