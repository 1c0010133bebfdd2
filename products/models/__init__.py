from products.models.documents import DocumentKind, ProductDocument
from products.models.figures import ProductDay
from products.models.lines import BusinessLine, LineCode
from products.models.prices import FeeBasis, ProductFee, ProductRate, RateKind
from products.models.products import Jurisdiction, Product, ProductStatus, ProductVersion, RiskRating, VersionState

__all__ = [
    "BusinessLine",
    "DocumentKind",
    "FeeBasis",
    "Jurisdiction",
    "LineCode",
    "Product",
    "ProductDay",
    "ProductDocument",
    "ProductFee",
    "ProductRate",
    "ProductStatus",
    "ProductVersion",
    "RateKind",
    "RiskRating",
    "VersionState",
]
