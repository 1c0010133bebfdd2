import gzip
import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, ImportRun, Transaction
from customers.services.imports import import_for_real, uploads_folder
from staff.models import Job, JobState
from staff.services.jobs import run_job
from tests.customers.importing import HEADER, MOVEMENTS
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory, ImportFileFactory, ImportRejectFactory, ImportRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def administrator(client):
    person = UserFactory(role="administrator")
    client.force_login(person)
    return person


def upload(client, files, *, mapping=MOVEMENTS, dry_run=False, **fields):
    sent = {
        "uploaded": SimpleUploadedFile("mine.toml", mapping.replace("\n    ", "\n").encode()) if mapping else "",
        "files": [SimpleUploadedFile(name, content.encode()) for name, content in files.items()],
        **({"dry_run": "on"} if dry_run else {}), **fields,
    }  # fmt: skip
    return client.post(reverse("customers:import_create"), sent)


def work(run):
    """Do the queued job, as a worker would."""
    run_job(job_id=run.job_id, at=timezone.now())
    run.refresh_from_db()
    return Job.objects.get(pk=run.job_id)


def test_files_are_uploaded_imported_and_forgotten(client, administrator):
    AccountFactory(external_id="7")

    answer = upload(client, {"moves.csv": HEADER + "1,7,2024-03-05,in,1,x\nbad\n"})

    run = ImportRun.objects.get()
    assert answer.url == reverse("customers:import_detail", args=[run.pk])
    job = work(run)
    assert (job.state, run.state, run.asked_by) == (JobState.DONE, "done", administrator)
    assert Transaction.objects.get().batch_id == run.pk
    assert [path.name for path in uploads_folder().rglob("*") if path.is_file()] == ["mapping.toml"]
    page = client.get(answer.url).content.decode()
    assert "moves.csv" in page
    assert f"{reverse('customers:import_rejects', args=[run.pk])}?file=" in page


def test_a_dry_run_keeps_nothing_and_is_then_imported_for_real(client, administrator):
    AccountFactory(external_id="7")
    upload(client, {"moves.csv": HEADER + "1,7,2024-03-05,in,1,x\n"}, dry_run=True)
    tried = ImportRun.objects.get()
    work(tried)
    assert (tried.state, Transaction.objects.count()) == ("done", 0)

    client.post(reverse("customers:import_for_real", args=[tried.pk]))

    real = ImportRun.objects.exclude(pk=tried.pk).get()
    work(real)
    assert (real.dry_run, real.state, Transaction.objects.count()) == (False, "done", 1)


def test_an_import_that_failed_says_why_and_goes_on_once_it_can(client, administrator):
    upload(client, {"moves.csv": "id\n1\n"})
    run = ImportRun.objects.get()

    job = work(run)

    assert (job.state, run.state) == (JobState.FAILED, "failed")
    assert "moves.csv has no column" in run.error
    assert "moves.csv has no column" in client.get(reverse("customers:import_detail", args=[run.pk])).content.decode()
    client.post(reverse("customers:import_continue", args=[run.pk]))
    run.refresh_from_db()
    assert run.job_id != job.pk


@pytest.mark.parametrize(
    ("files", "fields", "sentence"),
    [
        ({"../moves.csv": HEADER, "other.csv": ""}, {}, "The mapping reads no file called other.csv"),
        ({"other.csv": HEADER}, {}, "The mapping reads no file called other.csv; it reads moves.csv."),
        ({"moves.csv": HEADER}, {"stored": "berka"}, "one of the two"),
        ({"moves.csv": HEADER}, {"uploaded": ""}, "one of the two"),
        ({"moves.csv": HEADER}, {"uploaded": SimpleUploadedFile("m.toml", b"[")}, "no valid TOML"),
        ({"client.asc": "x"}, {"uploaded": "", "stored": "berka"}, "The mapping also reads account.asc, disp.asc"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_said_on_the_form(client, administrator, files, fields, sentence):
    answer = upload(client, files, **fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_an_import_that_was_killed_is_shown_as_such(client, administrator):
    run = ImportRunFactory(state="running")

    page = client.get(reverse("customers:import_detail", args=[run.pk])).content.decode()

    assert "ended from outside" in page
    assert client.get(reverse("customers:import_live", args=[run.pk])).status_code == 286


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_for_any_length(client, administrator, django_assert_num_queries, rows):
    for _n in range(rows):
        ImportRejectFactory(file=ImportFileFactory(rows_rejected=1))
    client.get(reverse("customers:import_list"))

    with django_assert_num_queries(9):
        answer = client.get(reverse("customers:import_list"), headers={"HX-Request": "true", "HX-Target": "rows"})

    assert answer.content.count(b"data-href") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_rejected_rows_cost_the_same_queries_for_any_length(client, administrator, django_assert_num_queries, rows):
    file = ImportFileFactory()
    ImportRejectFactory.create_batch(rows, file=file)
    url = reverse("customers:import_rejects", args=[file.run_id])
    client.get(url)

    with django_assert_num_queries(11):
        answer = client.get(url, headers={"HX-Request": "true", "HX-Target": "rows"})

    assert answer.content.decode().count("is no date written as YYMMDD") == rows


def test_rejected_rows_are_downloaded_whole_and_harmless(client, administrator):
    file = ImportFileFactory()
    ImportRejectFactory(file=file, line=7, text="=HYPERLINK(1)")

    answer = client.get(reverse("customers:import_rejects_csv", args=[file.run_id]))

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "File,Line number,Column,Why it was not taken,Row",
        "trans.asc,7,date,“930229” is no date written as YYMMDD.,'=HYPERLINK(1)",
    ]


def test_the_rows_themselves_are_for_those_who_may_import(client):
    client.force_login(UserFactory(role="risk"))
    file = ImportFileFactory()
    ImportRejectFactory(file=file, text="Li Wei;13800138000")

    page = client.get(reverse("customers:import_rejects", args=[file.run_id])).content.decode()

    assert "is no date" in page
    assert "13800138000" not in page
    assert client.get(reverse("customers:import_rejects_csv", args=[file.run_id])).status_code == 403


@pytest.mark.parametrize("name", ["import_list", "import_create"])
def test_customer_service_neither_sees_nor_asks_for_imports(client, name):
    client.force_login(UserFactory(role="service"))

    assert client.get(reverse(f"customers:{name}")).status_code == 403


def test_an_observer_may_look_and_not_start(client):
    client.force_login(UserFactory(role="compliance"))

    assert client.get(reverse("customers:import_list")).status_code == 200
    assert client.get(reverse("customers:import_create")).status_code == 403


def test_a_file_that_is_gone_cannot_be_imported_for_real(administrator):
    run = ImportRunFactory(dry_run=True, folder="/tmp")

    with pytest.raises(Exception, match="no longer here"):
        import_for_real(actor=administrator, run_id=run.pk, at=timezone.now())


# Without a mapping ----------------------------------------------------------------------------------------------------
def plain(client, name, content, *, target="customers", source="crm"):
    sent = {"target": target, "source": source, "files": [SimpleUploadedFile(name, content)]}
    return client.post(reverse("customers:import_create"), sent)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", "external_id,name,currency,joined_on\n1,李伟,CNY,2024-02-29\n".encode()),
        ("people.csv", "\ufeffexternal_id;name;currency;joined_on\r\n1;李伟;CNY;2024-02-29\r\n".encode()),
        ("客户.csv", "external_id\tname\tcurrency\tjoined_on\n1\t李伟\tCNY\t2024-02-29\n".encode("gb18030")),
        (
            "people.csv.gz",
            gzip.compress("external_id,name,currency,joined_on\n1,李伟,CNY,2024-02-29\n".encode(), mtime=0),
        ),
    ],
)
def test_a_file_whose_columns_are_named_as_the_fields_needs_no_mapping(client, administrator, name, content):
    answer = plain(client, name, content)

    assert answer.status_code == 302, answer.context["form"].errors
    run = ImportRun.objects.get()
    work(run)
    made = Customer.objects.get(source__code="crm", external_id="1")
    assert (run.state, run.mapping, made.name) == ("done", "customers", "李伟")


@pytest.mark.parametrize(
    ("content", "more", "sentence"),
    [
        (b"external_id,nick\n", {}, "has columns that are no fields here: nick"),
        (b"external_id,name\n", {}, "the field \u201ccurrency\u201d is needed"),
        (b"", {}, "names no columns"),
        (b"\xff\xfe\x00\x01\xff", {}, "is no text in UTF-8 or GB 18030"),
        (b"external_id\n", {"source": ""}, "which system the file comes from"),
        (b"external_id\n", {"target": "nonsense"}, "Select a valid choice"),
        (b"external_id\n", {"source": "a b/../c"}, "Enter a valid"),
    ],
)
def test_a_file_that_says_too_little_for_that_is_refused(client, administrator, content, more, sentence):
    answer = plain(client, "people.csv", content, **more)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert not ImportRun.objects.exists()


def test_a_broken_archive_and_several_files_are_told(client, administrator):
    assert "no whole gzip file" in plain(client, "people.csv.gz", b"\x1f\x8b broken").content.decode()
    sent = {
        "target": "customers",
        "source": "crm",
        "files": [SimpleUploadedFile(n, b"external_id") for n in ("a", "b")],
    }
    assert "several at once need a mapping" in client.post(reverse("customers:import_create"), sent).content.decode()


def test_the_fields_of_the_chosen_target_are_shown(client, administrator):
    page = client.get(f"{reverse('customers:import_create')}?target=representatives").content.decode()

    assert "several, parted by ;: open, pay, borrow, invest, ask" in page
    assert client.get(f"{reverse('customers:import_create')}?target=nonsense").status_code == 200
