"""Time-stamps of a server that anybody may trust (RFC 3161): what is asked, and whether the answer holds.

The token is signed data (RFC 5652) over when the server saw a hash. Checked are the hash, the nonce, the signature, that the
certificate may sign time-stamps and is the one that the token names (RFC 5035), and the chain where a root is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1, sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.rules import der
from audit.rules.der import Node

SHA256, SIGNED_DATA, TST_INFO = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
DIGESTS: dict[str, type[HashAlgorithm]] = {
    SHA256: hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
STATUS = {2: "it was rejected", 3: "it waits", 4: "a revocation is near", 5: "a revocation took place"}


@dataclass(frozen=True)
class TimeStamp:
    """When a server saw the text whose SHA-256 is `imprint`, and who says so."""

    at: datetime
    imprint: bytes
    nonce: int | None
    serial: int
    signer: str
    chained: bool


def time_stamp_request(text: bytes, nonce: int) -> bytes:
    """Return the TimeStampReq for a text, asking for the certificate too."""
    algorithm = der.write(der.SEQUENCE, der.write_oid(SHA256), der.write(der.NULL))
    imprint = der.write(der.SEQUENCE, algorithm, der.write(der.OCTETS, sha256(text).digest()))
    wants_certificate = der.write(der.BOOLEAN, b"\xff")
    return der.write(der.SEQUENCE, der.write_integer(1), imprint, der.write_integer(nonce), wants_certificate)


def read_time_stamp(
    response: bytes, text: bytes, *, nonce: int | None = None, roots: Sequence[x509.Certificate] = ()
) -> TimeStamp:
    """Return the time-stamp in a TimeStampResp over `text`. Raises ValueError with a sentence where anything about it
    does not hold; without `roots` the chain is not looked at, and `chained` is False.
    """
    try:
        return _read(der.read(response), text, nonce, roots)
    except (IndexError, x509.ExtensionNotFound, UnicodeDecodeError) as error:
        raise ValueError(f"The answer is no time-stamp ({type(error).__name__}).") from None


def _read(response: Node, text: bytes, nonce: int | None, roots: Sequence[x509.Certificate]) -> TimeStamp:
    status, *token = response.children()
    code = status.children()[0].integer()
    if code not in (0, 1) or not token:
        raise ValueError(f"The server gave no time-stamp: {STATUS.get(code, f'status {code}')}.")
    kind, content = token[0].children()
    if kind.oid() != SIGNED_DATA:
        raise ValueError("The answer holds no signed data.")
    signed = content.children()[0].children()
    stated, certificates, signer = _parts(signed)
    certificate = _signer_certificate(signer, certificates)
    _check_signature(signer, stated, certificate)
    if roots:
        _check_chain(certificate, certificates, roots)
    return _stated(der.read(stated), text, nonce, certificate, chained=bool(roots))


def _parts(signed: list[Node]) -> tuple[bytes, list[x509.Certificate], list[Node]]:
    """Return the TSTInfo bytes, the certificates and the fields of the only signer."""
    kind, wrapped = signed[2].children()
    if kind.oid() != TST_INFO:
        raise ValueError("What is signed is no time-stamp.")
    stated = wrapped.children()[0].content
    certificates = [
        x509.load_der_x509_certificate(node.encoded) for part in signed if part.tag == 0xA0 for node in part.children()
    ]
    signers = signed[-1].children()
    if len(signers) != 1:
        raise ValueError("A time-stamp has one signer.")
    return stated, certificates, signers[0].children()


def _signer_certificate(signer: list[Node], certificates: list[x509.Certificate]) -> x509.Certificate:
    issuer, serial = signer[1].children()
    for certificate in certificates:
        if certificate.serial_number == serial.integer() and certificate.issuer.public_bytes() == issuer.encoded:
            return certificate
    raise ValueError("The certificate of the time-stamp server is not in its answer.")


def _check_signature(signer: list[Node], stated: bytes, certificate: x509.Certificate) -> None:
    digest = DIGESTS.get(signer[2].children()[0].oid())
    attributes = signer[3]
    if digest is None or attributes.tag != 0xA0:
        raise ValueError("The time-stamp is signed in a way that is not accepted here.")
    values = {node.children()[0].oid(): node.children()[1].children()[0] for node in attributes.children()}
    hashed = hashes.Hash(digest())
    hashed.update(stated)
    if MESSAGE_DIGEST not in values or values[MESSAGE_DIGEST].content != hashed.finalize():
        raise ValueError("The time-stamp's signature is of another content.")
    if CONTENT_TYPE not in values or values[CONTENT_TYPE].oid() != TST_INFO:
        raise ValueError("The time-stamp's signature is of another kind of content.")
    _check_purpose(values, certificate)
    signed = der.write(der.SET, attributes.content)
    algorithm = digest() if len(signer) < 5 else _signature_digest(signer[4], digest)
    _verify(certificate, signer[5].content, signed, algorithm)


def _signature_digest(algorithm: Node, digest: type[HashAlgorithm]) -> HashAlgorithm:
    """Return the hash that the signature algorithm names: `sha512WithRSA` may differ from the digest of the content."""
    named: dict[str, type[HashAlgorithm]] = {
        "1.2.840.113549.1.1.11": hashes.SHA256, "1.2.840.113549.1.1.12": hashes.SHA384, "1.2.840.113549.1.1.13": hashes.SHA512,
        "1.2.840.10045.4.3.2": hashes.SHA256, "1.2.840.10045.4.3.3": hashes.SHA384, "1.2.840.10045.4.3.4": hashes.SHA512,
    }  # fmt: skip
    return named.get(algorithm.children()[0].oid(), digest)()


def _check_purpose(values: dict[str, Node], certificate: x509.Certificate) -> None:
    """Check that this certificate may sign time-stamps, and that the token names it."""
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise ValueError("The server's certificate is not for time-stamps.")
    encoded = certificate.public_bytes(Encoding.DER)
    if SIGNING_CERTIFICATE_V2 in values:
        fields = values[SIGNING_CERTIFICATE_V2].children()[0].children()[0].children()
        given = next(field.content for field in fields if field.tag == der.OCTETS)
        named = fields[0].children()[0].oid() if fields[0].tag == der.SEQUENCE else SHA256
        hashed = hashes.Hash(DIGESTS.get(named, hashes.SHA256)())
        hashed.update(encoded)
        expected = hashed.finalize()
    elif SIGNING_CERTIFICATE in values:
        given = values[SIGNING_CERTIFICATE].children()[0].children()[0].children()[0].content
        expected = sha1(encoded, usedforsecurity=False).digest()
    else:
        raise ValueError("The time-stamp does not name its certificate.")
    if given != expected:
        raise ValueError("The time-stamp names another certificate.")


def _verify(certificate: x509.Certificate, signature: bytes, signed: bytes, algorithm: HashAlgorithm) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            raise ValueError("The time-stamp server's kind of key is not accepted here.")
    except InvalidSignature:
        raise ValueError("The time-stamp is not signed by the certificate that it names.") from None


def _check_chain(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> None:
    """Climb from the signer to one of the roots over at most ten certificates."""
    for _step in range(10):
        for root in roots:
            if certificate == root or _is_issued_by(certificate, root):
                return
        above = next((other for other in others if other != certificate and _is_issued_by(certificate, other)), None)
        if above is None:
            break
        certificate = above
    raise ValueError("The time-stamp server's certificate does not come from the authority that is configured.")


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False


def _stated(info: Node, text: bytes, nonce: int | None, certificate: x509.Certificate, *, chained: bool) -> TimeStamp:
    _version, _policy, imprint, serial, moment, *rest = info.children()
    algorithm, hashed = imprint.children()
    if algorithm.children()[0].oid() != SHA256 or hashed.content != sha256(text).digest():
        raise ValueError("The time-stamp is of another text.")
    given = next((node.integer() for node in rest if node.tag == der.INTEGER), None)
    if nonce is not None and given != nonce:
        raise ValueError("The time-stamp answers another question: its nonce differs.")
    at = datetime.strptime(moment.content.decode().split(".")[0].rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise ValueError("The server's certificate was not valid at the time of the time-stamp.")
    return TimeStamp(at, hashed.content, given, serial.integer(), certificate.subject.rfc4514_string(), chained)
