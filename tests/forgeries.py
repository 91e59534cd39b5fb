"""Callbacks that HiAPI never sent: signed wrongly, changed on the way, or saying nothing; and mutations."""

import gzip
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tests.standin.callbacks import sign

STAMP, SIGNATURE = "X-HiAPI-Timestamp", "X-HiAPI-Signature"
V1: Final = (
    b'{"taskId":"tk-1",  "model":"m", "status":"success",'
    b'"output":[{"url":"https://cdn/x.mp4","type":"video","expireAt":1}]}'
)
V1_SIGNED: Final = "5553a0f50fad36b8285c62e766b154e64fd11780c63888afcc417eb95a68c2be"
V2: Final = (
    '{"taskId":"tk-hiapi-01HZTQ8BX2N3GM3YFK4Z9D7VQR","status":"fail",'
    '"error":{"code":"TASK_FAILED","message":"café ☃"}}'
).encode()
V2_SIGNED: Final = "9c8db4753e2c0041b98f739bd0d7196a1e167333655e4f6b631908e3645355f5"
V3_SIGNED: Final = "74272b8d8cd9be50142e58999bc5141c336f2827fd10466ee1ae7bd159ca5cbd"
WITHOUT_STAMP: Final = "16d2c3f7911489bd71cdf67ab8f6c8f7b8cd908259bffc83b6f55ceadef0c295"
AT: Final = "1777800799"
SECRETS: Final = ("whsec_test_key", "0123456789abcdef0123456789abcdef")  # of V1, and of V2 and V3
STAMPS: Final = (
    "1_777_800_799", " 1777800799", "1777800799 ", "+1777800799", "-1777800799", "１７７７８００７９９",
    "9" * 5000, "1777800799.0", "177780079.9", "", "0", "1e9", "0x69f7175f", f"{AT},{AT}",
)  # fmt: skip
BODIES: Final = (
    b"", b"[]", b"null", b"{}", b'"tk-1"', b"5", b'{"output":5}', b'{"taskId":null}', b'{"taskId":5}',
    b'{"taskId":["tk-1"]}', b'{"taskId":""}', b'{"taskId":"tk 1"}', b'{"taskId":"../tk-1"}',
    b'{"taskId":"' + b"a" * 10_000 + b'"}', b'{"taskId":"tk-1","taskId":"tk-2"}', b"[" * 100_000,
    b'{"taskId":"tk-1","deep":' + b"[" * 900 + b"]" * 900 + b"}", b'{"taskId":"tk-1","n":NaN}',
    b'{"taskId":"tk-1"', b"\xff\xfe{}", b'{"data":{"taskId":7}}', b"x" * 2000,
)  # fmt: skip


@dataclass(frozen=True)
class Forgery:
    """A request as it goes over the wire. Headers may stand there twice, and hold any byte."""

    name: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def signed(name: str, body: bytes, secret: str = SECRETS[1], stamp: str = AT) -> Forgery:
    """What HiAPI would send, if it had this secret and said this."""
    return Forgery(name, ((STAMP, stamp), (SIGNATURE, sign(secret, stamp, body))), body)


def forgeries() -> Iterator[Forgery]:
    """Each of them is to be refused by whoever has SECRETS."""
    right = signed("right", V2)
    yield replace(right, name="unsigned", headers=())
    yield replace(right, name="no stamp", headers=right.headers[1:])
    yield replace(right, name="no signature", headers=right.headers[:1])
    yield replace(right, name="one space more", body=V2 + b" ")
    yield replace(right, name="another body", body=V1)
    yield replace(signed("V1", V1, SECRETS[0]), name="written anew", body=V1.replace(b",  ", b", "))
    yield replace(signed("packed", V2), name="gzip", body=gzip.compress(V2))
    yield signed("another workspace's secret", V2, "another-workspace-0123")
    yield signed("empty secret", V2, "")
    yield replace(right, name="stamp twice", headers=(right.headers[0], *right.headers))
    yield replace(right, name="signature twice", headers=(*right.headers, right.headers[1]))
    for form in _signatures():
        yield replace(right, name=f"signature {form[:12]!r}", headers=(right.headers[0], (SIGNATURE, form)))
    for stamp in STAMPS:
        yield signed(f"stamp {stamp[:14]!r}", V2, stamp=stamp)
    for body in BODIES:
        yield signed(f"body {body[:20]!r}", body)


def _signatures() -> tuple[str, ...]:
    return (
        WITHOUT_STAMP, "", V2_SIGNED.upper(), f"sha256={V2_SIGNED}", V2_SIGNED[:-1], f"{V2_SIGNED}0",
        V2_SIGNED[:-1] + "é", V2_SIGNED[:-1] + "５", f"{V2_SIGNED},{V2_SIGNED}", "0" * 64,
    )  # fmt: skip


def mutations(count: int, seed: int) -> Iterator[Forgery]:
    """A right and fresh callback with one to four bytes of it changed, added or taken away."""
    dice = random.Random(seed)
    for number in range(count):
        right = signed(f"mutation {number} of {seed}", V2, stamp=str(int(time.time())))
        parts = [*(value for _, value in right.headers), right.body.decode("latin-1")]
        before = [*parts]
        while parts == before:
            place = dice.randrange(3)
            for _ in range(dice.randint(1, 4)):
                parts[place] = _changed(parts[place], dice)
        headers = ((STAMP, parts[0]), (SIGNATURE, parts[1]))
        yield replace(right, headers=headers, body=parts[2].encode("latin-1"))


def _changed(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    new = dice.choice(["", chr(dice.randrange(33, 127)), chr(dice.randrange(0xA1, 0x100)), text[at : at + 9]])
    return text[:at] + new + text[at + dice.randrange(2) :]
