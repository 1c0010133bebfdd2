from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.context import command_context
from customers.services.activity import keep_lines, rebuild_activity, worth_of_lines


class Command(BaseCommand):
    help = "Make the daily activity again from the transactions; --measure says for which lines keeping it pays."

    def add_arguments(self, parser):
        parser.add_argument("--measure", action="store_true", help="only say what each line's roll-up saves")
        parser.add_argument("--lines", help="from now on keep these lines rolled up, separated by commas")

    def handle(self, *, measure, lines, **options):
        if measure:
            return self.measure()
        try:
            with command_context("rebuild_activity"):
                rows = (
                    rebuild_activity()
                    if lines is None
                    else keep_lines(lines=[word for word in lines.split(",") if word])
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            self.style.SUCCESS(f"{rows:,} rows of daily activity; the next nightly run starts from scratch.")
        )

    def measure(self):
        for worth in worth_of_lines():
            kept = "kept" if worth.is_kept else "not kept"
            advice = "pays" if worth.pays else "does not pay"
            self.stdout.write(
                f"{worth.line or '(no line)':<14}{worth.transactions:>14,} transactions {worth.days:>14,} rows rolled"
                f" up, {worth.ratio} for one: {advice}, {kept}"
            )
