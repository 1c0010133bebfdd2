from django.core.management.base import BaseCommand

from audit.services.keys import known_keys, new_signer


class Command(BaseCommand):
    help = "Print the public keys that the log is checked with, or make a new signing key."

    def add_arguments(self, parser):
        parser.add_argument("--new", action="store_true", help="make a signing key and print it; nothing is stored")

    def handle(self, *args, new, **options):
        if not new:
            for key in known_keys():
                self.stdout.write(str(key))
            return
        signer = new_signer()
        self.stdout.write(f"MERIDIAN_SEAL_KEY={signer.private_text()}")
        self.stderr.write(
            f"Its public key: {signer.verifier}\n"
            "Keep the first line in your store of secrets. Where another key signed until now, put that key's public form "
            "(manage.py seal_key) into MERIDIAN_SEAL_OLD_KEYS, so that what it signed can still be checked."
        )
