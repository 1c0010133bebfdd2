"""What the platform tells of where a redemption came from, kept as keyed hashes: alike is seen, nothing is read back."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.encryption import blind_index

NAMES = ("device", "network", "payee", "address")


@dataclass(frozen=True)
class Signals:
    """As the platform says them: a device's id, an IP address, the account that is paid, where a gift is sent."""

    device: str = ""
    network: str = ""
    payee: str = ""
    address: str = ""

    def hashed(self) -> dict[str, bytes | None]:
        """Return a keyed hash of each, None where nothing was told."""
        said = {"device": self.device.strip(), "network": network_of(self.network),
                "payee": _signs(self.payee), "address": _signs(self.address)}  # fmt: skip
        return {name: blind_index(text, purpose=f"marketing.{name}") if text else None for name, text in said.items()}


def network_of(text: str) -> str:
    """Return the network of an address: its /24, or its /56 for IPv6; ValidationError for what is no address."""
    if not text.strip():
        return ""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError as error:
        raise ValidationError({"network": _("This is no IP address.")}) from error
    length = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network((address, length), strict=False))


def _signs(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
