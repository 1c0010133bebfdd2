import factory
from django.utils import timezone

from products.models import BusinessLine, Product, ProductStatus, ProductVersion, VersionState

TERMS = {
    "payment": {"daily_limit": "50000", "settlement": "real time"},
    "p2p": {"maximum": "200000", "months": [12]},
    "wealth": {},
    "insurance": {"sum_insured": "1000", "cooling_off_days": 15},
    "fund": {"settlement": "T+2"},
    "supply_chain": {"advance_rate": "0.8", "days": [60]},
}


class ProductFactory(factory.django.DjangoModelFactory):
    """A product on sale with a submitted version 1; `ProductFactory(status="draft", version=None)` for one without."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"product-{n}")
    name = factory.Sequence(lambda n: f"Product {n}")
    line = factory.LazyAttribute(lambda o: BusinessLine.objects.get(code="payment"))
    status = ProductStatus.ON_SALE
    currency = "CNY"
    jurisdiction = "CN"
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, version="submitted", risk_rating="R2", **fields):
        product = super()._create(model, *args, **fields)
        if version:
            product.version = ProductVersion.objects.create(
                product=product,
                number=1,
                state=VersionState.SUBMITTED,
                risk_rating=risk_rating,
                terms=TERMS[product.line_id],
                created_at=product.created_at,
                submitted_at=product.created_at,
            )
            product.save(update_fields=["version"])
        return product
