from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from audit.services.retirement import expire_month


class Command(BaseCommand):
    help = "Export a month whose retention has ended, check the bundle, and drop its events. Proofs hold on."

    def add_arguments(self, parser):
        parser.add_argument("month", metavar="YYYY-MM", type=lambda text: date.fromisoformat(f"{text}-01"))
        parser.add_argument("folder", type=Path)

    def handle(self, *args, month, folder, **options):
        try:
            retired = expire_month(month, folder=folder, at=timezone.now())
        except (ValidationError, OSError, DatabaseError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error).split("\n")[0]]))) from error
        self.stdout.write(
            f"{retired.events} events of {retired} are in {folder} (digest {retired.digest}) and no longer here."
        )
