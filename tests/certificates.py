"""Certificates for tests, made on the spot: an authority, and an owner that it vouches for."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from studio.imaging.credentials import Signer

DAY = timedelta(days=1)


def signer(valid: timedelta = 30 * DAY) -> Signer:
    """An owner's chain and key; with `valid` below zero the certificate has expired."""
    authority, owner = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    chain = [
        _certificate("Owner", owner, authority, valid),
        _certificate("Authority", authority, authority, 90 * DAY),
    ]
    key = owner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Signer(b"".join(one.public_bytes(Encoding.PEM) for one in chain), key)


def _certificate(
    name: str, key: EllipticCurvePrivateKey, by: EllipticCurvePrivateKey, valid: timedelta
) -> x509.Certificate:
    now, root = datetime.now(UTC), key is by
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | {"encipher_only": False, "decipher_only": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name("Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * DAY)
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(root, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        .add_extension(
            x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **usage), True
        )
    )
    if not root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    return builder.sign(by, SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Studio's tests"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
