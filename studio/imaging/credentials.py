"""Content Credentials (C2PA): a file signed with its owner's certificate, so that changes to it show.

The library is optional, `bin/setup credentials` installs it. It is asked for no timestamp, since an authority
would have to be reached for each file; so a signature is valid while its certificate is.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any, Final

from PIL import Image

from studio.imaging.provenance import VOCABULARY, Origin

try:
    import c2pa
except ImportError:
    c2pa = None

ALGORITHMS: Final = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
FORMATS: Final = ("JPEG", "PNG", "WebP", "AVIF")
SLACK: Final = 64  # bytes; chunks are padded to even sizes, and numbers have one to five bytes
_SETTINGS: Final[dict[str, Any]] = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False},  # no network
}


class NotSigned(Exception):
    """The library refused; the text says why and holds no key."""


@dataclass(frozen=True)
class Signer:
    """A certificate chain, its owner's first, and the private key to it (PKCS#8), both PEM."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str = "es256"


def sign(data: bytes, media_type: str, origin: Origin, signer: Signer, edited: bool = False) -> bytes:
    """The file with its manifest; pixels and packet stay. No two signatures are alike. Raises NotSigned."""
    if c2pa is None:
        raise NotSigned("c2pa-python is not installed: say bin/setup credentials")
    signed = BytesIO()
    try:
        info = c2pa.C2paSignerInfo(signer.algorithm.encode(), signer.chain, signer.key, None)
        with (
            c2pa.Signer.from_info(info) as pen,
            c2pa.Context.from_dict(_SETTINGS) as context,
            c2pa.Builder(_manifest(origin, edited), context=context) as builder,
        ):
            builder.sign(pen, media_type, BytesIO(data), signed)
    except c2pa.C2paError as error:
        raise NotSigned(str(error)) from None
    return signed.getvalue()


@cache
def room(origin: Origin, signer: Signer) -> int:
    """Bytes to be left free for a manifest, measured. Only source and tool of `origin` are in it."""
    return SLACK + max(_added(name, origin, signer) for name in FORMATS)


def check(signer: Signer) -> None:
    """Signs a pixel and reads it back. Raises NotSigned with the reason, such as another's key."""
    data = sign(_pixel("PNG"), "image/png", Origin("digitalCreation", "Studio"), signer)
    with (
        c2pa.Context.from_dict(_SETTINGS) as context,
        c2pa.Reader("image/png", BytesIO(data), context=context) as seen,
    ):
        report = json.loads(seen.json())
    if report["validation_state"] == "Invalid":
        codes = [status["code"] for status in report["validation_status"]]
        mismatch = "claimSignature.mismatch" in codes
        raise NotSigned("the key is not that of the certificate" if mismatch else ", ".join(codes))


def _manifest(origin: Origin, edited: bool) -> dict[str, Any]:
    """Neither SKU nor scene: they are in the packet, which is signed too, and would make sizes differ."""
    agent = {"name": origin.tool or "Studio"}
    made = {"action": "c2pa.created", "digitalSourceType": VOCABULARY + origin.source, "softwareAgent": agent}
    then = [{"action": "c2pa.edited", "softwareAgent": agent}] if edited else []
    return {
        "claim_generator_info": [agent],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [made, *then]}}],
    }


def _added(name: str, origin: Origin, signer: Signer) -> int:
    plain = _pixel(name)
    return len(sign(plain, Image.MIME[name.upper()], origin, signer, edited=True)) - len(plain)


def _pixel(name: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (16, 16)).save(out, name)
    return out.getvalue()
