"""Signatures are read back by the library's own reader and by ExifTool."""

import json
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import c2pa
import pytest

from studio.imaging import credentials
from studio.imaging.credentials import NotSigned, Signer
from studio.imaging.encode import encode
from studio.imaging.provenance import COMPOSITE, EDITED, VOCABULARY, Origin, packet, stamp
from tests import certificates, pictures
from tests.imaging.test_provenance import FORMATS, pixels, told

ORIGIN = Origin(COMPOSITE, "Studio 9, embedded engine", "A<&>Ü", "café v3", "ab" * 32)


@pytest.fixture(scope="module")
def owner() -> Signer:
    return certificates.signer()


def report(data: bytes, media_type: str) -> dict[str, Any]:
    with c2pa.Reader(media_type, BytesIO(data)) as reader:
        found: dict[str, Any] = json.loads(reader.json())
    return found


@pytest.mark.parametrize("format", FORMATS)
def test_a_signature_is_valid_and_leaves_pixels_and_packet_alone(format: str, owner: Signer) -> None:
    file = encode(pictures.view(400, 300), (format,), xmp=packet(ORIGIN))
    signed = credentials.sign(file.data, file.media_type, ORIGIN, owner, edited=True)
    found = report(signed, file.media_type)
    manifest = found["manifests"][found["active_manifest"]]
    codes = [status["code"] for status in found["validation_status"]]
    assert (found["validation_state"], codes) == ("Valid", ["signingCredential.untrusted"])
    (actions,) = [one["data"]["actions"] for one in manifest["assertions"] if "actions" in one["label"]]
    assert [one["action"] for one in actions] == ["c2pa.created", "c2pa.edited"]
    assert actions[0]["digitalSourceType"] == VOCABULARY + COMPOSITE
    assert manifest["signature_info"]["common_name"] == "Owner"
    assert (pixels(signed) == pixels(file.data)).all()
    assert told(signed) == COMPOSITE
    assert stamp(signed, packet(Origin(EDITED))) == signed


@pytest.mark.parametrize("format", FORMATS)
def test_another_byte_breaks_the_signature(format: str, owner: Signer) -> None:
    file = encode(pictures.view(400, 300), (format,), xmp=packet(ORIGIN))
    signed = credentials.sign(file.data, file.media_type, ORIGIN, owner)
    forged = signed.replace(b"A&lt;", b"B&lt;")
    assert forged != signed
    assert report(forged, file.media_type)["validation_state"] == "Invalid"


@pytest.mark.parametrize("format", FORMATS)
def test_the_room_that_is_left_is_enough_for_every_size(format: str, owner: Signer) -> None:
    room = credentials.room(Origin(ORIGIN.source, ORIGIN.tool), owner)
    for width, height in ((9, 9), (401, 299), (900, 700)):
        file = encode(pictures.view(width, height), (format,), xmp=packet(ORIGIN))
        signed = credentials.sign(file.data, file.media_type, ORIGIN, owner, edited=True)
        assert room - 256 < len(signed) - len(file.data) <= room


def test_exiftool_reads_the_manifest_of_a_signed_file(tmp_path: Path, owner: Signer) -> None:
    for format in ("JPEG", "PNG"):  # of AVIF and WebP older versions read the packet alone
        file = encode(pictures.view(120, 80), (format,), xmp=packet(ORIGIN))
        path = tmp_path / f"signed.{file.extension}"
        path.write_bytes(credentials.sign(file.data, file.media_type, ORIGIN, owner))
        asked = ["exiftool", "-json", "-JUMBF:all", path]
        (found,) = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
        assert found["ActionsAction"] == "c2pa.created"
        assert found["ActionsDigitalSourceType"] == VOCABULARY + COMPOSITE
        assert found["ActionsSoftwareAgentName"] == ORIGIN.tool


def test_what_cannot_sign_is_refused_with_the_reason_and_without_the_key(owner: Signer) -> None:
    credentials.check(owner)
    other = certificates.signer()
    wrong = {
        "not that of the certificate": replace(owner, key=other.key),
        "not valid at time of signing": certificates.signer(-certificates.DAY),
        "private key": replace(owner, key=b"no key at all"),
        "certificate": replace(owner, chain=b"no certificate"),
    }
    for reason, signer in wrong.items():
        with pytest.raises(NotSigned, match=reason) as refused:
            credentials.check(signer)
        assert "no key at all" not in str(refused.value)
    assert owner.key.decode() not in repr(owner)


def test_without_the_library_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch, owner: Signer) -> None:
    monkeypatch.setattr(credentials, "c2pa", None)
    with pytest.raises(NotSigned, match="bin/setup credentials"):
        credentials.check(owner)
