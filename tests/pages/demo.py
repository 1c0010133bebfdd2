"""Pages that belong to no room, to try every piece of the frame on: a list, a record, a form, a gallery."""

import datetime as dt
from decimal import Decimal

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from config.urls import urlpatterns as whole_site
from pages.actions import Action, with_toast
from pages.charts import Bound, Chart
from pages.forms import form_helper
from pages.lists import BulkAction, Column, ListPage, render_list, selection
from pages.templatetags.pages import moment_only, pill_html
from staff.models import Notification, NotificationKind


class DemoFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="Title")
    kind = django_filters.MultipleChoiceFilter(choices=NotificationKind.choices, label="Kind")
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label="Told")
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="Unread")

    class Meta:
        model = Notification
        fields = []


COLUMNS = [
    Column("key", "No.", sort="key", mono=True),
    Column("title", "Title", sort="title", card="wide"),
    Column("kind", "Kind", lambda row: pill_html(row.get_kind_display(), row.kind), sort="kind"),
    Column("created_at", "Told", lambda row: moment_only(row.created_at), sort="created_at"),
    Column("read_at", "Read", lambda row: moment_only(row.read_at), sort="read_at"),
    Column("user", "To", lambda row: row.user.full_name, sort=["user__full_name"], default=False),
]


class DemoForm(forms.Form):
    subject = forms.CharField(label="Subject", max_length=40)
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    grave = forms.ChoiceField(label="How grave", choices=[("low", "Low"), ("high", "High")])
    secret = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, "Save note", cancel_url="/demo/")


@login_required
def demo_list(request):
    rows = Notification.objects.select_related("user")
    listing = ListPage(
        request,
        filterset=DemoFilter(request.GET, queryset=rows, request=request),
        columns=COLUMNS,
        order=["-created_at"],
        row_url=lambda row: f"/demo/{row.pk}/",
        actions=[
            BulkAction("Delete…", "/demo/bulk/", "trash", "red"),
            BulkAction("Mark as read", "/demo/bulk/", "check"),
        ],
        export_url="/demo/bulk/",
        label="Messages",
        empty="No message has been sent yet.",
        empty_action=("Write one", "/demo/form/"),
    )
    actions = [Action("New message", "/demo/form/", "plus", primary=True)]
    return render_list(request, "demo_list.html", listing, actions=actions)


@login_required
def demo_bulk(request):
    if "ids" not in request.POST and "all" not in request.POST:
        return HttpResponse(f"export {request.POST['query']}")
    return HttpResponse(f"{selection(request, DemoFilter, Notification.objects.all()).count()} rows")


@login_required
def demo_record(request, pk):
    row = get_object_or_404(Notification, pk=pk)
    actions = [
        Action("Answer", "/demo/form/", primary=True),
        Action("Delete…", dialog="delete").unless("It is not yours."),
    ]
    return render(request, "demo_record.html", {"row": row, "actions": actions, "facts": [row.key, "two"]})


@login_required
def demo_form(request):
    form = DemoForm(request.POST or None)
    if form.is_valid():
        messages.success(request, "The note is saved.")
        return redirect("/demo/")
    return render(request, "demo_form.html", {"form": form}, status=422 if form.errors else 200)


def demo_reveal(request):
    if len(request.POST.get("reason", "")) < 5:
        return HttpResponse("Say why, in five letters or more.", status=422, content_type="text/plain")
    return HttpResponse("13812345678", content_type="text/plain")


def demo_toast(request):
    return with_toast(HttpResponse(""), "It is done.")


def gallery_context():
    days = [dt.date(2026, 8, 1) + dt.timedelta(days=n) for n in range(90)]
    waves = [1000 + 10 * n + (n * 37 % 101) * 8 for n in range(90)]
    levels = ["low", "medium", "high", "critical"]
    cells = [
        [
            {"value": (x * y) % 7, "level": levels[min(x * y // 5, 3)], "note": x * y, "url": f"/demo/?x={x}"}
            for x in range(1, 6)
        ]
        for y in range(5, 0, -1)
    ]
    now = timezone.now()
    return {
        "line": Chart("Balance", days, {"Balance": waves}, kind="area", unit="CNY", as_of=now),
        "lines": Chart(
            "NPL ratio",
            days,
            {"By count": [n % 9 for n in range(90)], "By balance": [None if n < 20 else n % 5 for n in range(90)]},
            unit="%",
            bounds=[Bound("Amber", 5), Bound("Red", 8, "red")],
        ),
        "bars": Chart(
            "Income by line",
            ["Payment", "Wealth", "Loans", "Funds"],
            {"Fees": [120, 80, 40, 10], "Interest": [0, 0, 90, 5]},
            kind="stacked",
            unit="k CNY",
        ),
        "nothing": Chart("Not yet", [], {"Balance": []}, unit="CNY"),
        "heat_rows": list(zip(["Almost certain", "Likely", "Possible", "Unlikely", "Rare"], cells, strict=True)),
        "legend": [(level, level.capitalize()) for level in levels],
        "events": [
            {
                "at": now - dt.timedelta(hours=1),
                "title": "Inbound call",
                "text": "Asked about a limit.",
                "who": "Wang Fang",
                "icon": "phone",
            },
            {
                "at": now - dt.timedelta(days=2),
                "title": "Note",
                "text": "Speak softly.",
                "internal": True,
                "icon": "note",
            },
            {
                "at": now - dt.timedelta(days=20),
                "title": "Alert",
                "icon": "alert-triangle",
                "tone": "red",
                "url": "/demo/",
            },
        ],
        "now": now,
        "soon": now + dt.timedelta(hours=3),
        "late": now - dt.timedelta(hours=3),
        "later": now + dt.timedelta(days=9),
        "amount": Decimal("1234567.891"),
        "spark": [1, 3, 2, 5, None, 4, 6],
        "tabs": [
            {"label": "Overview", "url": "#", "active": True, "count": ""},
            {"label": "Accounts", "url": "#a", "count": 3},
        ],
        "stats": True,
        "kv": [("Manager", "Zhao Min"), ("Status", None)],
        "crumbs": [("Demo", "/demo/"), ("Gallery", "")],
        "tones": ["green", "amber", "orange", "red", "critical", "blue", "neutral"],
    }


@login_required
def demo_gallery(request):
    messages.info(request, "A word from the server.")
    return render(request, "demo_gallery.html", gallery_context())


@login_required
def demo_broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("demo/", demo_list, name="demo_list"),
    path("demo/bulk/", demo_bulk),
    path("demo/form/", demo_form),
    path("demo/reveal/", demo_reveal),
    path("demo/toast/", demo_toast),
    path("demo/gallery/", demo_gallery),
    path("demo/broken/", demo_broken),
    path("demo/<int:pk>/", demo_record),
    *whole_site,
]
