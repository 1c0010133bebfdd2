from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.roles import VARIABLES, address_in, sql

WATCHING = ["meridian_app", "meridian_sealer"]
BLIND = (
    "You may not grant pg_read_all_stats: a long transaction of another database on this server will hold sealing up. "
    f"Let a superuser run: GRANT pg_read_all_stats TO {', '.join(WATCHING)};"
)


class Command(BaseCommand):
    help = (
        "Make the roles of the database, give them the passwords of their addresses (DATABASE_URL, MIGRATOR_DATABASE_URL …), "
        "hand everything to the owner and grant each role what it needs. Signs in with ADMIN_DATABASE_URL; safe to repeat."
    )

    def handle(self, *args, **options):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql("roles"))
            named = [role for role in VARIABLES if role != "admin" and self.give_password(cursor, role)]
            cursor.execute(sql("grants"))
            cursor.execute(
                "SELECT bool_and(pg_has_role(name, 'pg_read_all_stats', 'MEMBER')) FROM unnest(%s::text[]) AS name",
                [WATCHING],
            )
            (sees_all,) = cursor.fetchone()
        if not sees_all:
            self.stderr.write(self.style.WARNING(BLIND))
        self.stdout.write(f"The roles stand. With a password from the environment: {', '.join(named) or 'none'}.")

    def give_password(self, cursor, role: str) -> bool:
        """Set the password of an address, hashed before it is sent, so that no log of the server holds it."""
        address = urlsplit(address_in(VARIABLES[role]))
        name = f"meridian_{role}"
        if not address.password:
            return False
        if unquote(address.username or "") != name:
            raise CommandError(f"{VARIABLES[role]} signs in as {address.username}: write {name} there.")
        hashed = connection.connection.pgconn.encrypt_password(
            unquote(address.password).encode(), name.encode(), b"scram-sha-256"
        )
        cursor.execute("SELECT format('ALTER ROLE %%I PASSWORD %%L', %s::text, %s::text)", [name, hashed.decode()])
        cursor.execute(cursor.fetchone()[0])
        return True
