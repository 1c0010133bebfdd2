from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.ingest.mapping import read_mapping
from customers.ingest.reasons import read_reason
from customers.models import ImportRun
from customers.services.imports import import_folder

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Load customers, accounts, loans and transactions from files, as a mapping says. Interrupted, it is finished by"
        " starting it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mapping", type=Path, help="a TOML file, such as examples/berka/mapping.toml")
        parser.add_argument("folder", type=Path, help="the folder that holds the files, plain or .gz")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = import_folder(
                actor=None,
                mapping=read_mapping(options["mapping"]),
                folder=options["folder"],
                dry_run=options["dry_run"],
                at=timezone.now(),
                tell=self._tell,
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                _("The database went away: %(error)s\nStart the same command again; it goes on where it was.")
                % {"error": error}
            ) from error
        self._report(run)

    def _tell(self, done: int, total: int, sentence: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{sentence}: {done * 100 // max(total, 1)} %   ", ending="")
            self.stdout.flush()

    def _report(self, run: ImportRun) -> None:
        titles = [_("File"), _("Holds"), _("Read"), _("New"), _("Changed"), _("Known"), _("Rejected")]
        rows = [
            [
                file.name,
                file.target,
                *(
                    f"{n:,}"
                    for n in (file.rows_read, file.rows_new, file.rows_changed, file.rows_known, file.rows_rejected)
                ),
            ]
            for file in run.files.order_by("position")
        ]
        widths = [max(len(str(row[n])) for row in [titles, *rows]) for n in range(len(titles))]
        if self.stdout.isatty():
            self.stdout.write("")
        for row in [titles, *rows]:
            cells = [
                str(cell).ljust(width) if n < 2 else str(cell).rjust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            self.stdout.write("  ".join(cells).rstrip())
        self._report_rejects(run)
        if run.dry_run:
            self.stdout.write(_("This was a dry run: nothing was kept."))

    def _report_rejects(self, run: ImportRun) -> None:
        for file in run.files.filter(rows_rejected__gt=0).order_by("position"):
            self.stdout.write(
                _("%(file)s: %(n)s rows were not taken:") % {"file": file.name, "n": f"{file.rows_rejected:,}"}
            )
            for reject in file.rejects.order_by("line", "pk")[:SHOWN]:
                where = _("line %(line)s") % {"line": reject.line} + (f", {reject.column}" if reject.column else "")
                self.stdout.write(f"  {where}: {read_reason(reject.reason, column=reject.column)}")
            if file.rows_rejected > SHOWN:
                self.stdout.write(_("  … all of them stand on the page of import %(id)s.") % {"id": run.pk})
