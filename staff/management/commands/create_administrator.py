import getpass
import sys
from contextlib import nullcontext

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from django.utils import timezone

from audit.context import command_context
from staff.guards import unguarded
from staff.models import User
from staff.rules.roles import Role
from staff.services.people import create_user


class Command(BaseCommand):
    help = "Make the accounts of the first two administrators, who make all others on the page People."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", action="append", choices=Role.values, help="further roles; may be repeated")
        parser.add_argument(
            "--send-link", action="store_true", help="send a link to set the password instead of asking for one"
        )
        parser.add_argument(
            "--because",
            default="",
            help="make a further one without an approval, for this reason; works with MERIDIAN_DATABASE_ROLE=migrator alone",
        )

    def handle(self, *args, email, name, role, send_link, because, **options):
        roles = {Role.ADMINISTRATOR.value, *(role or [])}
        password = None if send_link else self._password()
        try:
            with command_context("create_administrator"), unguarded(because) if because else nullcontext():
                user = create_user(
                    actor=None, email=email, full_name=name, roles=roles, password=password, at=timezone.now()
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ProgrammingError as error:
            if "change request" not in str(error):
                raise
            raise CommandError(
                "There are two administrators already: they make accounts under People, one asking, one approving. "
                "If they cannot sign in, run this with MERIDIAN_DATABASE_ROLE=migrator and --because REASON."
            ) from error
        self.stdout.write(f"{user.email} is an administrator now. " + self._next())

    def _next(self) -> str:
        if User.objects.in_role(Role.ADMINISTRATOR).count() < 2:
            return "Make a second one with this command: what one asks for, the other one approves."
        return "Sign in and make the other accounts under People."

    def _password(self) -> str:
        """Ask twice at a terminal; read one line where there is none, so that it never stands in a process list."""
        if sys.stdin.isatty():
            password = getpass.getpass("Password (12 characters or more): ")
            if getpass.getpass("The same again: ") != password:
                raise CommandError("The two passwords differ. Start again.")
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
