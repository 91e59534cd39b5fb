"""The other end of decoder.py: a process that decodes one picture after another and can do nothing else."""

import ctypes
import json
import mmap
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from typing import Any

from PIL import Image

from studio.imaging.errors import Refused
from studio.imaging.facts import Limits
from studio.imaging.normalise import decode, normalise
from studio.imaging.probe import probe

MEMORY = 1 << 30  # of addresses, so that what is resident is less
ROOM = MEMORY - (128 << 20)  # what has to be free of it for the next picture
CLONE_NEWUSER, CLONE_NEWNET, PR_SET_NO_NEW_PRIVS = 0x10000000, 0x40000000, 38
LENGTH = struct.Struct(">I")
Answer = tuple[dict[str, object], tuple[bytes, ...]]


def main() -> None:
    """Answers requests from stdin on stdout until stdin ends, which is also how the parent's death shows.

    Both ways: the length of a JSON header in four bytes, the header, the bytes that it announces.
    """
    _lock_down()
    while True:
        request = json.loads(_exactly(*LENGTH.unpack(_exactly(LENGTH.size))))
        data = _exactly(request["bytes"])
        signal.setitimer(signal.ITIMER_PROF, request["seconds"])  # SIGPROF ends a child that worked so long
        signal.alarm(request["patience"])  # should the parent be gone, nobody else would end one that waits
        answer, parts = _answer(request, data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        told = {**answer, "spent": _spent(), "parts": [len(part) for part in parts]}
        header = json.dumps(told).encode()
        sys.stdout.buffer.writelines((LENGTH.pack(len(header)), header, *parts))
        sys.stdout.buffer.flush()


def _lock_down() -> None:
    """Nothing left to open, reach or become. What is needed is loaded first; a lock that fails is forgone."""
    _warm_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    os.closerange(3, 64)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(CLONE_NEWNET):
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
        _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 3)


def _warm_up() -> None:
    """Codecs load their parts on first use; later no file can be opened any more.

    Pillow's other formats are loaded with them: EXIF is read by that of TIFF, a phone's JPEG by that of MPO.
    """
    Image.init()
    for name in ("JPEG", "PNG", "WEBP", "AVIF"):
        out = BytesIO()
        Image.new("RGB", (64, 64)).save(out, name)
        normalise(out.getvalue(), Limits())


def _limit(what: int, most: int) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most))


def _spent() -> bool:
    """Whether too little is left for the next picture: decoders that fail for want of memory leak."""
    try:
        mmap.mmap(-1, ROOM, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ).close()
    except OSError:
        return True
    return False


def _exactly(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        sys.exit()
    return data


def _answer(request: dict[str, Any], data: bytes) -> Answer:
    """MemoryError is not caught: a process that ran dry is better replaced."""
    try:
        return ANSWERS[request["do"]](data, Limits(**request["limits"]), request)
    except Refused as refused:
        return {"refused": refused.code, "values": refused.values}, ()


def _probe(data: bytes, limits: Limits, _: dict[str, Any]) -> Answer:
    return {"facts": asdict(probe(data, limits))}, ()


def _decode(data: bytes, limits: Limits, _: dict[str, Any]) -> Answer:
    done = decode(data, limits)
    told = {"facts": asdict(done.facts), "mode": done.mode, "width": done.width, "height": done.height}
    return told, (done.data,)


def _normalise(data: bytes, limits: Limits, request: dict[str, Any]) -> Answer:
    done = normalise(data, limits, request["max_side"])
    told = {"media_type": done.media_type, "width": done.width, "height": done.height}
    return {"facts": asdict(done.facts), **told}, (done.picture, done.thumb)


ANSWERS: dict[str, Callable[[bytes, Limits, dict[str, Any]], Answer]] = {
    "probe": _probe,
    "decode": _decode,
    "normalise": _normalise,
}
