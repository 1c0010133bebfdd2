from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.services.reconciling import reconcile
from audit.services.verification import sentences, verify


class Command(BaseCommand):
    help = "Check the log: what was sealed since the last time, or with --full everything, and the records against it."

    def add_arguments(self, parser):
        parser.add_argument("--full", action="store_true", help="every event again, and every record against the log")

    def handle(self, *args, full, **options):
        runs = [verify(kind="full" if full else "tail", at=timezone.now(), now=timezone.now)]
        if full:
            runs.append(reconcile(at=timezone.now(), now=timezone.now))
        for run in runs:
            for sentence in sentences(run.findings):
                self.stdout.write(sentence)
            if run.found > len(run.findings):
                self.stdout.write(f"… and {run.found - len(run.findings)} more.")
        found = sum(run.found for run in runs)
        checked = ", ".join(f"{run.checked} {'records' if run.kind == 'live' else 'events'}" for run in runs)
        if found:
            raise CommandError(f"{found} things do not hold ({checked} checked).")
        self.stdout.write(f"Everything holds: {checked} checked, the log has {runs[0].size}.")
