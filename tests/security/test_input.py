"""ASVS 5.0, chapters V1, V2, V5, V16: what people and programs send, and what becomes of it."""

import ast
import gzip
import io
import logging
import zipfile
from datetime import date

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from config.logs import SafeFormatter
from customers.forms.imports import check_upload
from customers.ingest.readers import find_file, measure
from pages.forms import DayInput
from products.services.documents import add_document
from staff.rules.cells import plain_text
from staff.services.tokens import create_token
from tests.factories import UserFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db


class TestMassAssignment:
    """15.3.3: what a form or a route does not offer is not taken, whoever sends it."""

    PLANTED = {
        "is_superuser": "1", "is_staff": "1", "roles": "administrator", "groups": "1", "is_active": "0", "email": "x@y.test",
        "business_lines": "", "user_permissions": "1", "password": "x", "id": "1", "pk": "1", "last_login": "2020-01-01",
    }  # fmt: skip

    def test_15_3_3_nobody_makes_more_of_themselves_by_their_profile(self, client):
        user = UserFactory(role="risk", regions=["北京"])
        client.force_login(user)
        before = {**user.__dict__}

        client.post(
            reverse("staff:profile"),
            {"full_name": "Zhao", "language": "en", "time_zone": "Asia/Taipei", "theme": "dark", **self.PLANTED},
        )

        user.refresh_from_db()
        for name in ("is_superuser", "is_active", "email", "password", "business_lines", "regions", "id"):
            assert getattr(user, name) == before[name], name
        assert {group.name for group in user.groups.all()} == {"risk"}

    def test_15_3_3_an_administrator_makes_no_superuser(self, client):
        client.force_login(UserFactory(role="administrator"))
        colleague = UserFactory(role="risk")
        client.post(
            reverse("staff:user_change", args=[colleague.pk]),
            {"email": colleague.email, "full_name": "Q", "roles": ["risk"], "language": "en", "is_superuser": "1", "password": "x"},
        )  # fmt: skip
        colleague.refresh_from_db()
        assert not colleague.is_superuser
        assert colleague.has_usable_password()

    def test_15_3_3_every_route_of_the_api_takes_only_fields_that_it_names(self):
        """Whatever can be written is listed one by one: no serializer takes all fields of a model."""
        from rest_framework.serializers import ModelSerializer

        from config.urls import urlpatterns  # noqa: F401  which loads every serializer

        found = _all_of(ModelSerializer)
        assert len(found) > 10
        assert [one for one in found if getattr(one.Meta, "fields", "__all__") == "__all__"] == []

    def test_15_3_3_no_form_takes_all_fields_of_its_model(self):
        from django.forms import ModelForm

        from config.urls import urlpatterns  # noqa: F401

        ours = [
            one
            for one in _all_of(ModelForm)
            if one.__module__.split(".")[0] in {"staff", "risk", "customers", "products", "operations", "audit"}
        ]
        assert [one for one in ours if one._meta.fields in (None, "__all__")] == []

    def test_15_3_3_read_only_fields_sent_to_the_api_change_nothing(self, client):
        user = UserFactory(role="risk")
        client.force_login(user)
        risk = RiskFactory(rated=(3, 3))
        risk.refresh_from_db()
        before = (risk.reference, risk.state if hasattr(risk, "state") else risk.status, risk.pk)

        client.post(
            f"/api/v1/risks/{risk.reference}/review/",
            {"note": "looked at", "reference": "X-1", "id": 7, "status": "closed", "state": "closed"},
            content_type="application/json",
        )

        risk.refresh_from_db()
        assert (risk.reference, risk.state if hasattr(risk, "state") else risk.status, risk.pk) == before


def _all_of(kind) -> list[type]:
    return [one for sub in kind.__subclasses__() for one in (sub, *_all_of(sub)) if hasattr(one, "Meta")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_1_2_10_no_cell_begins_a_formula(start):
    assert plain_text(f"{start}HYPERLINK(1)").startswith("'")


class TestUploads:
    """5.2: files are what their first bytes say, no larger than allowed, packed or not."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("accounts.csv", b"PK\x03\x04rest"), ("accounts.csv", b"%PDF-1.7"), ("accounts.csv", b"\x7fELF\x02"),
            ("accounts.csv", b"MZ\x90\x00"), ("accounts.csv", gzip.compress(b"a", mtime=0)), ("accounts.csv.gz", b"id,name\n"),
            ("accounts.csv.gz", b"PK\x03\x04"), ("accounts.csv", b"\xd0\xcf\x11\xe0\xa1"),
        ],
    )  # fmt: skip
    def test_5_2_2_a_name_that_lies_is_found_out(self, name, content):
        with pytest.raises(ValidationError, match="is in truth"):
            check_upload(SimpleUploadedFile(name, content))

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.csv", b"id,name\n1,x\n"), ("a.csv", b""), ("a.csv.gz", gzip.compress(b"id\n", mtime=0))],
    )
    def test_5_2_2_rows_are_taken(self, name, content):
        file = SimpleUploadedFile(name, content)
        check_upload(file)
        assert file.read() == content

    def test_5_2_1_a_large_one_is_refused(self, settings):
        settings.UPLOAD_MAX_BYTES = 2**20
        with pytest.raises(ValidationError, match="larger than 1 MB"):
            check_upload(SimpleUploadedFile("a.csv", b"a" * (2**20 + 1)))

    def test_5_2_3_a_bomb_is_refused_while_it_is_unpacked(self, tmp_path, settings):
        bomb = tmp_path / "a.csv.gz"
        with gzip.open(bomb, "wb", compresslevel=9) as file:
            for _ in range(200):
                file.write(b"\0" * 2**20)
        assert bomb.stat().st_size < 2**18

        with pytest.raises(ValidationError, match="unpacks to more than"):
            measure(bomb)

    def test_5_2_3_so_is_what_is_larger_than_any_file_may_be(self, tmp_path, settings):
        settings.UNPACKED_MAX_BYTES = 2**20
        (tmp_path / "a.csv").write_bytes(b"1,2\n" * 2**19)
        with pytest.raises(ValidationError, match="unpacks to more than"):
            measure(tmp_path / "a.csv")

    def test_5_2_3_an_archive_of_ordinary_rows_is_read(self, tmp_path):
        rows = b"".join(b"%d,2024-01-%02d,%d.00\n" % (n, n % 28 + 1, n * 7) for n in range(20_000))
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(rows, mtime=0))
        assert measure(tmp_path / "a.csv.gz").size == len(rows)

    def test_5_3_2_no_name_leads_out_of_the_folder(self, tmp_path):
        inside, outside = tmp_path / "in", tmp_path / "secret.csv"
        inside.mkdir()
        outside.write_text("x")
        (inside / "link.csv").symlink_to(outside)
        for name in ("link.csv", "../secret.csv"):
            with pytest.raises(ValidationError):
                find_file(inside, name)

    @pytest.mark.parametrize("name", ["x.html", "x.svg", "x.exe", "x.pdf.html", "x.js", "x"])
    def test_5_2_2_documents_that_a_browser_would_run_are_refused(self, name):
        from products.models import ProductVersion
        from tests.factories.products import ProductFactory

        product = ProductFactory()
        from django.utils import timezone

        draft = ProductVersion.objects.create(
            product=product, number=2, risk_rating="R2", terms={}, created_at=timezone.now()
        )
        with pytest.raises(ValidationError):
            add_document(actor=UserFactory(role="product"), version_id=draft.pk, kind="terms", title="T",
                         file=SimpleUploadedFile(name, b"%PDF-<script>"), at=timezone.now())  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/staff/jobs/../../etc/passwd",
        "/static/../config/settings.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fetc/passwd",
    ],
)
def test_5_3_2_no_address_leads_out_of_what_is_served(client, path):
    client.force_login(UserFactory(role="administrator"))
    answer = client.get(path)
    assert answer.status_code in (302, 404)


class TestLog:
    """16.4.1: nobody writes lines of their own into the log."""

    @pytest.mark.parametrize(
        "typed",
        ["x\n2026-01-01 INFO root signed in", "x\r\nFORGED", "x\x1b[2J", "x\u2028y", "x\u202egnp", "x\x00y", "x\x85y"],
    )
    def test_16_4_1_what_somebody_typed_stays_in_its_line(self, typed):
        record = logging.LogRecord("django", logging.WARNING, "f", 1, "Not found: %s", (typed,), None)
        line = SafeFormatter("{levelname} {message}", style="{").format(record)
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line
        assert "\u202e" not in line

    def test_16_4_1_a_traceback_keeps_its_lines(self):
        try:
            raise ValueError("a\nb")
        except ValueError:
            import sys

            record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
        assert len(SafeFormatter("{message}", style="{").format(record).splitlines()) > 3

    def test_16_4_1_the_project_logs_so(self):
        assert configured.LOGGING["formatters"]["line"]["()"] == "config.logs.SafeFormatter"


class TestSources:
    """What would be a weakness wherever it stood, read from the sources themselves."""

    SOURCES = [path for room in ("audit", "config", "customers", "operations", "pages", "products", "risk", "service", "staff",
                                     "surveys")
               for path in sorted((configured.ROOT / room).rglob("*.py"))]  # fmt: skip

    def calls(self, path):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node

    @pytest.mark.parametrize("name", ["eval", "exec", "pickle.loads", "yaml.load", "os.system", "marshal.loads"])
    def test_1_3_2_1_5_2_nothing_runs_or_unpickles_what_was_sent(self, name):
        assert [str(path) for path in self.SOURCES for called, _node in self.calls(path) if called == name] == []

    def test_a_day_that_a_browser_draws_is_written_as_it_reads_it_in_every_language(self):
        """`2026年11月26日` leaves the field of a browser empty: what stood there would be lost on saving."""
        called = [(path, name.rpartition(".")[2]) for path in self.SOURCES for name, _node in self.calls(path)]
        assert [str(path) for path, name in called if name == "DateInput"] == [], "DayInput draws days"
        assert sum(name == "DayInput" for _path, name in called) > 8
        for language in ("en", "zh-hans", "zh-hant"):
            with translation.override(language):
                drawn = DayInput().render("day", date(2026, 11, 26))
            assert 'type="date"' in drawn
            assert 'value="2026-11-26"' in drawn

    def test_1_2_5_no_shell_is_asked(self):
        shells = [str(path) for path in self.SOURCES for _called, node in self.calls(path)
                  if any(word.arg == "shell" and getattr(word.value, "value", None) for word in node.keywords)]  # fmt: skip
        assert shells == []

    @pytest.mark.parametrize("module", ["xml", "lxml", "requests", "httpx", "aiohttp"])
    def test_1_5_1_1_3_6_no_xml_is_read_and_no_address_of_others_is_fetched(self, module):
        """SSRF and XXE need a door; there is none. `urlopen` is called on this machine's own health alone."""
        importing = []
        for path in self.SOURCES:
            for node in ast.walk(ast.parse(path.read_text())):
                names = (
                    [one.name for one in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                importing += [str(path) for name in names if name.split(".")[0] == module]
        assert importing == []

    def test_11_2_4_secrets_are_compared_in_constant_time_or_found_by_their_hash(self):
        """A token is looked up by its SHA-256: whoever times the answer learns about the hash, not about the token."""
        user = UserFactory(role="risk")
        from django.utils import timezone

        token, key = create_token(actor=user, name="t", days=1, at=timezone.now())
        assert key not in str(token.__dict__)
        assert len(token.digest) == 64

    def test_13_3_1_no_secret_stands_in_the_sources(self):
        settings_text = (configured.ROOT / "config" / "settings.py").read_text()
        for name in ("SECRET_KEY", "MERIDIAN_KEYS", "MERIDIAN_INDEX_KEY"):
            assert f'{name} = secret("{name}"' in settings_text
        compose = (configured.ROOT / "compose.yaml").read_text()
        assert "PASSWORD:?" in compose
        assert not [line for line in compose.splitlines() if "postgres://" in line and "${" not in line]


def test_5_2_3_a_spreadsheet_is_never_unpacked_here():
    """Sheets are written, not read: a ZIP bomb in one stays packed."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 2**22)
    with pytest.raises(ValidationError):
        check_upload(SimpleUploadedFile("rows.csv", bomb.getvalue()))
