from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Customer
from operations.demo.company import make_company, run_past_nights


class Command(BaseCommand):
    help = "Make a whole fictitious company, the same for the same seed and last day."

    def add_arguments(self, parser):
        parser.add_argument("--customers", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=20260101)
        parser.add_argument("--days", type=int, default=730, help="days of activity")
        parser.add_argument(
            "--finish", action="store_true", help="only run the past nights of a demo that was interrupted"
        )
        parser.add_argument("--until", type=date.fromisoformat, help="the last business day; by default yesterday")

    def handle(self, *, customers, seed, days, until, finish, **options):
        if not 1 <= customers <= 1_000_000:
            raise CommandError("--customers takes a number from 1 to 1,000,000.")
        if not 60 <= days <= 3650:
            raise CommandError("--days takes a number from 60 to 3650: the stories need two months.")
        now = timezone.now()
        last = until or now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)
        mark = Path(settings.VAR) / "demo.unfinished"
        if finish and Customer.objects.exists():
            run_past_nights(first=last - timedelta(days=days), last=last, say=self.stdout.write)
            mark.unlink(missing_ok=True)
            return
        if Customer.objects.exists():
            raise CommandError(
                "There are customers already, and a demo company is not mixed with others: set MERIDIAN_VAR to another "
                "folder, or DATABASE_URL to another database."
            )
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        make_company(customers=customers, seed=seed, days=days, last=last, now=now, say=self.stdout.write)
        mark.unlink(missing_ok=True)
        self.stdout.write(self.style.SUCCESS("The demo company is ready."))
