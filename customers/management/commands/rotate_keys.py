from django.core.management.base import BaseCommand, CommandError

from audit.context import command_context
from customers.encryption import key_ring
from customers.services.document_files import seal_files_again
from customers.services.index_rotation import rotate_indexes
from customers.services.key_rotation import rotate_keys


class Command(BaseCommand):
    help = (
        "Seal every encrypted value again under the first key of MERIDIAN_KEYS, and write blind indexes again under the"
        " first of MERIDIAN_INDEX_KEY. Can be stopped and started again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction")
        parser.add_argument("--dry-run", action="store_true", help="count what older keys sealed, write nothing")

    def handle(self, *, batch, dry_run, **options):
        if not 1 <= batch <= 10_000:
            raise CommandError("--batch takes a number from 1 to 10,000.")
        with command_context("rotate_keys"):
            rotations = rotate_keys(batch_size=batch, dry_run=dry_run, progress=self.show_progress)
            files = 0 if dry_run else seal_files_again()
            indexes = [] if dry_run else rotate_indexes(batch_size=batch, progress=self.show_progress)
        for rotation in rotations:
            done = "" if dry_run else f", {rotation.sealed:,} sealed again"
            self.stdout.write(f"{rotation.model}: {rotation.found:,} rows under older keys{done}")
        if files:
            self.stdout.write(f"copies of identity documents: {files:,} sealed again")
        for one in indexes:
            self.stdout.write(f"{one.table}: {one.done:,} rows looked at, {one.changed:,} indexed again")
        unreadable = [line for rotation in rotations for line in rotation.unreadable]
        if unreadable:
            listed = "\n".join(unreadable[:50])
            raise CommandError(f"{len(unreadable):,} values could not be opened and were left as they are:\n{listed}")
        if not dry_run:
            self.stdout.write(self.style.SUCCESS(f"Everything is sealed under the key “{key_ring().first}”."))

    def show_progress(self, model, done, found):
        self.stdout.write(f"{model}: {done:,} of {found:,}")
