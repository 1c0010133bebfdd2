"""What tests of screening share: a list that is loaded as a worker would, customers, and a hit that is cleared by two."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import ScreeningHit
from customers.services import screening_lists
from customers.services.screening import screen_customers
from customers.views.screening_hits import ask_to_clear
from staff.jobs import RunningJob
from staff.models import Job
from staff.rules.roles import Role
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import PersonFactory, WatchListFactory

NOW = timezone.now()
HEAD = "id,kind,name,aliases,birth_date,countries,identifiers\n"
GROUNDS = "Born on another day, by the card that I have seen"
MAY_KNOW = {Role.COMPLIANCE, Role.INTERNAL_AUDIT}


def asked(officer, *lines, watch_list=None, head=HEAD, **options):
    """A version that is kept and whose job nobody has done."""
    watch_list = watch_list or WatchListFactory()
    file = SimpleUploadedFile("list.csv", (head + "".join(f"{line}\n" for line in lines)).encode())
    return screening_lists.load_list(actor=officer, list_id=watch_list.pk, upload=file, at=NOW, **options)


def load(officer, *lines, **options):
    """Load a version and do its job as a worker would."""
    version = asked(officer, *lines, **options)
    screening_lists.run_load_job(running(version))
    version.refresh_from_db()
    return version


def running(version):
    return RunningJob(Job.objects.get(pk=version.job_id))


def a_customer(name="段正淳", **fields):
    return PersonFactory(name=name, **{"birth_date": None, "identity_number": None, **fields})


def pairs():
    found = ScreeningHit.objects.select_related("customer", "entry").order_by("pk")
    return [(hit.customer.name, hit.entry.external_id, hit.state) for hit in found]


def cleared(officer, hit, grounds="birth_date"):
    request = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as=grounds, reason=GROUNDS, at=NOW)
    done = agreed(request, UserFactory(role="compliance"))
    assert done.state == "executed", done.error
    hit.refresh_from_db()
    return hit


def again(officer, *lines):
    load(officer, *lines)
    screen_customers(at=NOW)
