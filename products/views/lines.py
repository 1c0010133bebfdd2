from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.forms import form_helper
from products.forms.products import SwitchLineForm
from products.models import BusinessLine
from products.services.lines import switch_line


@require_safe
@login_required
@permission_required("products.view_businessline", raise_exception=True)
def line_list(request):
    lines = BusinessLine.objects.visible_to(request.user).annotate_products()
    return render(
        request,
        "products/line_list.html",
        {
            "lines": lines,
            "may_switch": request.user.has_perm("products.switch_businessline"),
            "crumbs": [(_("Products"), reverse("products:product_list")), (_("Business lines"), "")],
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.switch_businessline", raise_exception=True)
def line_switch(request, code):
    line = get_object_or_404(BusinessLine.objects.visible_to(request.user), pk=code)
    form = SwitchLineForm(request.POST or None)
    title = _("Switch %(line)s off") % {"line": line} if line.is_on else _("Switch %(line)s on") % {"line": line}
    form.helper = form_helper(form, title, cancel_url=reverse("products:line_list"), tone="red" if line.is_on else "")
    if form.is_valid():
        try:
            reason, today = form.cleaned_data["reason"], timezone.localdate()
            switch_line(actor=request.user, code=line.code, on=not line.is_on, reason=reason, at=today)
            return redirect("products:line_list")
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [
        (_("Products"), reverse("products:product_list")),
        (_("Business lines"), reverse("products:line_list")),
        (str(line), ""),
    ]
    context = {"form": form, "title": title, "crumbs": crumbs}
    return render(request, "products/form.html", context, status=422 if form.errors else 200)
