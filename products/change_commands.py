"""What of this room is under four eyes: putting a product version in force."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.models import Product, ProductVersion, VersionState
from products.rules.terms import TERMS
from products.services.products import VERSION_FIELDS, check_submission, submit_version
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(SUBMIT)


def _version(arguments: Arguments) -> ProductVersion:
    return ProductVersion.objects.select_related("product__version").get(pk=arguments["version_id"])


def _check(*, actor: User, arguments: Arguments) -> None:
    version = _version(arguments)
    if not Product.objects.visible_to(actor).filter(pk=version.product_id).exists():
        raise PermissionDenied(_("This product is outside your scope."))
    if version.state != VersionState.DRAFT:
        raise ValidationError(_("Version %(number)s was submitted already.") % {"number": version.number})
    check_submission(version)


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    return str(submit_version(actor=actor, version_id=arguments["version_id"], at=request.executed_at))


def _describe(arguments: Arguments) -> Differences:
    """The version in force beside the draft: number, rating, target group, and each term of the line that differs."""
    draft = _version(arguments)
    old = draft.product.version
    rows = [
        (_("Version in force"), old and old.number, draft.number),
        (_("Risk rating"), old and old.get_risk_rating_display(), draft.get_risk_rating_display()),
        (_("Target group"), old and old.target_group, draft.target_group),
        (_("Description"), old and old.description, draft.description),
    ]
    rows += [
        (term.label, old and old.terms.get(term.name), draft.terms.get(term.name))
        for term in TERMS.get(draft.product.line_id, ())
    ]
    return [row for row in rows if row[1] != row[2]]


SUBMIT = Command(
    name="products.version.submit",
    label=gettext_lazy("Put a product version in force"),
    permission="products.submit_productversion",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_version(arguments)),
    version=lambda arguments: version_of(
        ProductVersion.objects.filter(pk=arguments["version_id"]), "state", *VERSION_FIELDS, "product__version"
    ),
    target=lambda arguments: ("products_productversion", arguments["version_id"]),
    check=_check,
    guards={"products_productversion": ("state",)},
    writes=lambda arguments: [
        {
            "table": "products_productversion",
            "on": "update",
            "key": {"id": arguments["version_id"]},
            "values": {"state": VersionState.SUBMITTED.value},
        }
    ],
)
