"""What of offers stands elsewhere: what merging two customers does to them, exports, names of records, the palette."""

from collections.abc import Collection, Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.records import Named, RecordNames, numbers, register_names
from customers.merging import STAYS, Part, register_part
from marketing.models import Offer, Redemption
from marketing.services import code_export
from staff.models import User
from staff.palette import Hit, register_source

WHY = "A redemption is counted under the number it was made for; what a customer has is read through all their numbers."


def register() -> None:
    for model in ("Redemption", "Coupon", "CustomerUse", "RedPacketShare"):
        register_part(Part(f"marketing.{model}", "customer", STAYS, why=WHY))
    code_export.register()
    register_names(RecordNames("marketing_offer", find_offer, name_offers))
    register_names(RecordNames("marketing_redemption", find_redemption, name_redemptions))
    register_source("offers", find_offers)


def find_offer(text: str) -> int | None:
    return Offer.objects.filter(code=text.lower()).values_list("pk", flat=True).first()


def name_offers(keys: Collection[str]) -> Named:
    found = Offer.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("marketing:offer_detail", args=[code])) for pk, code in found}


def find_redemption(text: str) -> int | None:
    return Redemption.objects.filter(key=text).values_list("pk", flat=True).first()


def name_redemptions(keys: Collection[str]) -> Named:
    return {str(pk): (str(pk), reverse("marketing:redemption_detail", args=[pk])) for pk in numbers(keys)}


def find_offers(user: User, text: str, limit: int) -> Iterator[Hit]:
    found = Offer.objects.visible_to(user).filter(Q(code__icontains=text) | Q(name__icontains=text))
    for offer in found.order_by("code")[:limit]:
        yield Hit(offer.name, offer.code, f"/marketing/offers/{offer.code}/", "ticket", _("Offers"))
