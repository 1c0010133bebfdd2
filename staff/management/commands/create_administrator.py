import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.context import command_context
from staff.rules.roles import Role
from staff.services.people import create_user


class Command(BaseCommand):
    help = "Make the account of a first administrator, who makes all others on the page People."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", action="append", choices=Role.values, help="further roles; may be repeated")
        parser.add_argument(
            "--send-link", action="store_true", help="send a link to set the password instead of asking for one"
        )

    def handle(self, *args, email, name, role, send_link, **options):
        roles = {Role.ADMINISTRATOR.value, *(role or [])}
        password = None if send_link else self._password()
        try:
            with command_context("create_administrator"):
                user = create_user(
                    actor=None, email=email, full_name=name, roles=roles, password=password, at=timezone.now()
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} is an administrator now. Sign in and make the other accounts under People.")

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
