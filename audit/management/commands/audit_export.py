from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.services.export import export


class Command(BaseCommand):
    help = "Write an evidence bundle, which `python -m audit.verifier FOLDER` checks on any machine."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--from", dest="begin", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args, folder, begin, end, **options):
        try:
            manifest = export(folder=folder, at=timezone.now(), begin=begin, end=end)
        except (ValidationError, OSError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        rows = sum(part["rows"] for part in manifest["parts"])
        self.stdout.write(
            f"{rows} events of a log of {manifest['size']} are in {folder}. Check: python -m audit.verifier {folder}"
        )
