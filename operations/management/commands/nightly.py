from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.context import command_context
from operations.rules.nightly import business_date_at
from operations.services.nightly import NightlyFailed, run_nightly
from operations.services.steps import NAMES


class Command(BaseCommand):
    help = "Assess the company as of a business date, now. Exits with 1 when another run is at work or a step fails."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=day, help="the business date; by default yesterday on the company's clock")
        parser.add_argument("--from", dest="from_step", default="", help=f"the first step to do: {', '.join(NAMES)}")

    def handle(self, *, date, from_step, **options):
        business_date = date or business_date_at(timezone.now(), settings.TIME_ZONE)
        self.stdout.write(f"Nightly run for {business_date}")
        try:
            with command_context("nightly"):
                run_nightly(business_date=business_date, from_step=from_step, say=self.say)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except NightlyFailed as failure:
            raise CommandError(f"{failure} Go on from there on the page, or with --from.") from failure
        self.stdout.write(self.style.SUCCESS("Done."))

    def say(self, step):
        self.stdout.write(f"  {step.name:<14}{step.rows:>12,} rows {step.seconds:>10.2f} s")


def day(text):
    """Raise a sentence that names the form of date wanted."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text} is no date: write it as 2026-06-30.") from None
