"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from products.models import Product, ProductVersion


def find_product(text: str) -> int | None:
    return Product.objects.filter(code=text).values_list("pk", flat=True).first()


def name_products(keys: Collection[str]) -> Named:
    found = Product.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("products:product_detail", args=[code])) for pk, code in found}


def find_nothing(text: str) -> None:
    """A version is called after its product: it is reached from there."""


def name_versions(keys: Collection[str]) -> Named:
    found = ProductVersion.objects.filter(pk__in=numbers(keys)).values_list("pk", "product__code", "number")
    return {str(pk): (f"{code} v{number}", reverse("products:version_detail", args=[pk])) for pk, code, number in found}


def register() -> None:
    register_names(RecordNames("products_product", find_product, name_products))
    register_names(RecordNames("products_productversion", find_nothing, name_versions))
