"""The catalogue's pages and API: what a submitted version, a price and a line allow, and to whom."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products.models import BusinessLine, Product, ProductDocument, ProductVersion
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db

ROLES = [
    "service",
    "service_lead",
    "product",
    "marketing",
    "risk",
    "compliance",
    "internal_audit",
    "management",
    "administrator",
]


@pytest.fixture
def shaper(client):
    user = UserFactory(role="product")
    client.force_login(user)
    return user


def line(code):
    return BusinessLine.objects.get(code=code)


def draft_of(product):
    return ProductVersion.objects.create(
        product=product, number=2, risk_rating="R2", terms=dict(product.version.terms), created_at=timezone.now()
    )


# Who may


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_the_catalogue(client, role):
    product = ProductFactory()
    client.force_login(UserFactory(role=role))

    for place in [
        "/products/",
        f"/products/{product.code}/",
        f"/products/{product.code}/days/",
        f"/products/versions/{product.version.pk}/",
        "/products/lines/",
    ]:
        assert client.get(place).status_code == 200, place


@pytest.mark.parametrize(
    "place",
    ["/products/new/", "/products/{p}/price/", "/products/versions/{v}/edit/", "/products/versions/{v}/documents/"],
)
def test_only_product_managers_open_the_forms(client, place):
    product = ProductFactory()
    place = place.format(p=product.code, v=draft_of(product).pk)

    client.force_login(UserFactory(role="service"))
    assert client.get(place).status_code == 403
    client.force_login(UserFactory(role="product"))
    assert client.get(place).status_code == 200


def test_nobody_reads_the_catalogue_without_signing_in(client):
    assert "/accounts/login/" in client.get("/products/")["Location"]


def test_a_product_of_another_line_is_not_there(client):
    product = ProductFactory(line=line("fund"))
    client.force_login(UserFactory(role="product", business_lines=["payment"]))

    assert product.name not in client.get("/products/").content.decode()
    for place in ["", "days/", "move/", "price/"]:
        assert client.get(f"/products/{product.code}/{place}").status_code == 404
    assert client.get(f"/products/versions/{product.version.pk}/").status_code == 404
    assert client.post(f"/products/versions/{product.version.pk}/submit/").status_code == 404
    assert client.get(f"/api/v1/products/{product.code}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_opens_in_every_language(client, language):
    product = ProductFactory()
    client.force_login(UserFactory(role="product", language=language))

    for place in [
        "",
        "new/",
        "lines/",
        f"{product.code}/",
        f"{product.code}/move/",
        f"{product.code}/price/",
        f"{product.code}/price/?of=fee",
    ]:
        assert client.get(f"/products/{place}").status_code == 200, place


# What it costs


@pytest.mark.parametrize("place", ["/products/", "/products/lines/", "/api/v1/products/"])
def test_a_list_costs_the_same_queries_for_one_product_and_for_three(client, shaper, place):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(place).status_code == 200
        return len(captured)

    ProductFactory()
    cost()
    one = cost()
    ProductFactory(line=line("fund"), owner=UserFactory())
    ProductFactory(line=line("p2p"), owner=UserFactory())

    assert cost() == one


# Finding


def test_the_catalogue_is_searched_and_narrowed(client, shaper):
    ProductFactory(code="wallet", name="Meridian Wallet")
    ProductFactory(code="index", name="Index fund", line=line("fund"), risk_rating="R4", status="suspended")

    def shown(**query):
        return [row.code for row in client.get("/products/", query).context["list"].page.rows]

    assert shown(q="meri") == shown(line="payment") == shown(status="on_sale") == shown(risk_rating="R2") == ["wallet"]
    assert shown(q="100%") == shown(q="':*&|!()") == []
    assert shown(sort="-name") == ["wallet", "index"]


def test_search_with_a_null_byte_is_refused_with_a_sentence(client, shaper):
    assert "Null characters are not allowed." in client.get("/products/", {"q": "a\0"}).content.decode()


# Versions


def test_a_product_goes_from_idea_to_a_version_in_force(client, shaper):
    response = client.post(
        "/products/new/",
        {
            "code": "quick-loan",
            "name": "Quick loan",
            "line": "p2p",
            "currency": "cny",
            "jurisdiction": "CN",
            "risk_rating": "R3",
        },
    )
    assert response["Location"] == "/products/quick-loan/"
    version = ProductVersion.objects.get(product__code="quick-loan")

    client.post(f"/products/versions/{version.pk}/submit/", {"reason": "First terms"})
    version.refresh_from_db()
    assert version.state == "draft"
    assert "These terms of the line are missing" in client.get(f"/products/versions/{version.pk}/").content.decode()

    client.post(
        f"/products/versions/{version.pk}/edit/",
        {"risk_rating": "R3", "term_maximum": "200,000", "term_months": "6，12"},
    )
    client.post(f"/products/versions/{version.pk}/submit/", {"reason": "First terms"})
    assert "waits for approval" in client.get(f"/products/versions/{version.pk}/").content.decode()
    agreed(ChangeRequest.objects.get(), UserFactory(role="risk"))
    version.refresh_from_db()
    assert (version.state, version.submitted_by, version.terms) == (
        "submitted",
        shaper,
        {"maximum": "200000", "months": [6, 12]},
    )
    assert Product.objects.get(code="quick-loan").version == version


def test_a_submitted_version_is_read_and_never_changed_by_a_page(client, shaper):
    version = ProductFactory().version

    assert client.get(f"/products/versions/{version.pk}/edit/")["Location"] == f"/products/versions/{version.pk}/"
    response = client.post(
        f"/products/versions/{version.pk}/edit/", {"risk_rating": "R5", "term_daily_limit": "1", "term_settlement": "x"}
    )
    client.post(f"/products/versions/{version.pk}/submit/")

    assert response.status_code == 422
    assert "was submitted and never changes" in response.content.decode()
    version.refresh_from_db()
    assert version.risk_rating == "R2"
    assert "Edit draft" not in client.get(f"/products/versions/{version.pk}/").content.decode()


def test_a_second_draft_is_refused_with_a_sentence(client, shaper):
    product = ProductFactory()
    client.post(f"/products/{product.code}/version/")

    response = client.post(f"/products/{product.code}/version/", follow=True)

    assert "still a draft" in response.content.decode()
    assert product.versions.count() == 2


@pytest.mark.parametrize("wrong", [{"term_daily_limit": "lots"}, {"term_daily_limit": "-1"}, {"risk_rating": "R9"}])
def test_a_draft_with_a_term_that_cannot_be_is_refused(client, shaper, wrong):
    draft = draft_of(ProductFactory())

    fields = {"risk_rating": "R2", "term_daily_limit": "5", "term_settlement": "now", **wrong}
    assert client.post(f"/products/versions/{draft.pk}/edit/", fields).status_code == 422


# Documents


def test_a_document_of_a_draft_is_kept_and_given_back_as_it_was(client, shaper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = draft_of(ProductFactory())
    content = b"%PDF-1.7 terms"

    client.post(
        f"/products/versions/{draft.pk}/documents/",
        {"kind": "terms", "title": "Terms", "file": SimpleUploadedFile("t.pdf", content)},
    )

    document = ProductDocument.objects.get()
    assert document.title in client.get(f"/products/versions/{draft.pk}/").content.decode()
    response = client.get(f"/products/documents/{document.pk}/")
    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("name", "content"), [("t.pdf", b"<script>"), ("t.html", b"<html>"), ("t.pdf.exe", b"%PDF-")])
def test_a_file_that_is_not_what_it_says_is_refused_with_a_sentence(client, shaper, settings, tmp_path, name, content):
    settings.MEDIA_ROOT = tmp_path
    draft = draft_of(ProductFactory())

    response = client.post(
        f"/products/versions/{draft.pk}/documents/",
        {"kind": "terms", "title": "T", "file": SimpleUploadedFile(name, content)},
    )

    assert response.status_code == 422
    assert not ProductDocument.objects.exists()


def test_a_document_of_another_line_is_not_given_out(client, shaper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = draft_of(ProductFactory(line=line("fund")))
    client.post(
        f"/products/versions/{draft.pk}/documents/",
        {"kind": "terms", "title": "T", "file": SimpleUploadedFile("t.pdf", b"%PDF-1")},
    )
    client.force_login(UserFactory(role="product", business_lines=["payment"]))

    assert client.get(f"/products/documents/{ProductDocument.objects.get().pk}/").status_code == 404


# Moves


@pytest.mark.parametrize("role", ["product", "risk", "compliance"])
def test_those_who_move_products_suspend_one_and_say_why(client, role):
    product = ProductFactory()
    client.force_login(UserFactory(role=role))

    client.post(f"/products/{product.code}/move/", {"to": "suspended", "reason": "Terms under review"})

    product.refresh_from_db()
    assert product.status == "suspended"


@pytest.mark.parametrize("role", ["service", "marketing", "management", "administrator"])
def test_other_roles_move_nothing(client, role):
    product = ProductFactory()
    client.force_login(UserFactory(role=role))

    assert client.post(f"/products/{product.code}/move/", {"to": "suspended", "reason": "Because"}).status_code == 403
    assert (
        client.post(f"/api/v1/products/{product.code}/move/", {"to": "suspended", "reason": "Because"}).status_code
        == 403
    )


@pytest.mark.parametrize("wrong", [{"to": "approved"}, {"to": "nonsense"}, {"reason": ""}, {"reason": "x"}])
def test_a_move_that_is_not_allowed_or_not_reasoned_is_refused(client, shaper, wrong):
    product = ProductFactory()

    response = client.post(
        f"/products/{product.code}/move/", {"to": "suspended", "reason": "Terms under review", **wrong}
    )

    assert response.status_code == 422
    product.refresh_from_db()
    assert product.status == "on_sale"


# Prices


def test_a_price_of_the_past_is_refused_beside_its_field(client, shaper):
    product = ProductFactory()
    eve = timezone.localdate() - timedelta(days=1)

    rate = client.post(
        f"/products/{product.code}/price/",
        {"kind": "interest", "amount_from": "0", "percent": "4.5", "valid_from": eve},
    )
    fee = client.post(
        f"/products/{product.code}/price/?of=fee", {"name": "Entry", "basis": "fixed", "value": "1", "valid_from": eve}
    )

    assert (rate.status_code, fee.status_code) == (422, 422)
    assert "the past is not rewritten" in rate.content.decode()
    assert not product.rates.exists()
    assert not product.fees.exists()


def test_a_rate_is_written_in_percent_and_kept_as_a_fraction(client, shaper):
    product = ProductFactory()

    client.post(
        f"/products/{product.code}/price/",
        {"kind": "interest", "amount_from": "0", "percent": "4.5", "valid_from": timezone.localdate()},
    )

    assert str(product.rates.get().annual_rate) == "0.045000"
    assert "4.50%" in client.get(f"/products/{product.code}/").content.decode()


# Lines


@pytest.mark.parametrize(
    ("role", "status"), [("compliance", 302), ("management", 302), ("product", 403), ("administrator", 403)]
)
def test_compliance_and_management_switch_a_line_off_with_a_reason(client, role, status):
    client.force_login(UserFactory(role=role))

    assert client.post("/products/lines/p2p/switch/", {"reason": "Licence returned"}).status_code == status
    assert line("p2p").is_on == (status == 403)


def test_a_line_is_not_switched_without_a_reason(client):
    client.force_login(UserFactory(role="compliance"))

    assert client.post("/products/lines/p2p/switch/", {"reason": ""}).status_code == 422
    assert line("p2p").is_on


def test_a_line_that_is_off_sells_nothing_new_and_keeps_its_history(client, shaper):
    product = ProductFactory(line=line("p2p"), status="approved")
    BusinessLine.objects.filter(code="p2p").update(switched_off_on=timezone.localdate(), reason="Licence returned")

    assert "was switched off on" in client.get(f"/products/{product.code}/").content.decode()
    move = client.post(f"/products/{product.code}/move/", {"to": "on_sale", "reason": "Sell it again"})
    new = client.post(
        "/products/new/",
        {
            "code": "x",
            "name": "X",
            "line": "p2p",
            "currency": "CNY",
            "jurisdiction": "CN",
            "risk_rating": "R1",
        },
    )

    assert (move.status_code, new.status_code) == (422, 422)
    assert "switched off" in move.content.decode()
    assert "Licence returned" in client.get("/products/lines/").content.decode()


# API


def test_the_api_moves_a_product_as_the_page_does(client, shaper):
    product = ProductFactory()

    moved = client.post(f"/api/v1/products/{product.code}/move/", {"to": "suspended", "reason": "Terms under review"})
    refused = client.post(f"/api/v1/products/{product.code}/move/", {"to": "approved", "reason": "Terms are fine"})

    assert moved.json()["status"] == "suspended"
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert "does not move to" in str(refused.json()["errors"])
