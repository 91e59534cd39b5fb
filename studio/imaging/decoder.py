"""Decodes pictures in a child process that may be killed by them; this process never decodes."""

import atexit
import json
import math
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from io import RawIOBase
from pathlib import Path
from typing import Any, TypeVar, cast

from studio.imaging.errors import CODES, Refused
from studio.imaging.facts import Facts, Limits, Normalised, Pixels
from studio.imaging.header import accept

ROOT = Path(__file__).parents[2]
START = "import sys; sys.path.insert(0, sys.argv[1]); from studio.imaging.decoder_child import main; main()"
LENGTH = struct.Struct(">I")
MOST_HEADER = 65_536
DEFAULT = Limits()
Answer = dict[str, Any]
T = TypeVar("T")


class Decoder:
    """A door to one limited child process, started on first use and replaced when it dies.

    One picture at a time, from any thread. Every method raises Refused: what is wrong with the picture, or
    `decoder_died`, or `decoder_slow` after `seconds` of work by the processor or `patience` seconds by the
    clock; the next picture then meets a new child. Work is what a picture costs; the clock also counts what
    else the machine has to do, so it only stops a child that hangs.
    A Decoder belongs to the process that made it.
    """

    def __init__(self, seconds: float = 5, patience: float = 30) -> None:
        self._seconds, self._patience = seconds, patience
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def probe(self, data: bytes, limits: Limits = DEFAULT) -> Facts:
        """What the file's header says; see probe.probe."""
        return self._ask(_facts, data, limits, 0, do="probe")

    def normalise(self, data: bytes, limits: Limits = DEFAULT, max_side: int = 4096) -> Normalised:
        """The working copy and its thumbnail; see normalise.normalise."""
        most = 5 * max_side * max_side + 1_000_000
        return self._ask(_normalised, data, limits, most, do="normalise", max_side=max_side)

    def decode(self, data: bytes, limits: Limits = DEFAULT) -> Pixels:
        """All pixels, never scaled; see normalise.decode."""
        return self._ask(_pixels, data, limits, 4 * limits.max_pixels, do="decode")

    def close(self) -> None:
        """Ends the child, if there is one. The Decoder may be used again."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def abandon(self) -> None:
        """Lets go of a child that belongs to another process: this one was forked from it."""
        if self._child is not None:
            self._child.let_go()

    def _ask(self, build: Callable[..., T], data: bytes, limits: Limits, most: int, **request: object) -> T:
        accept(data, limits)
        request |= {"limits": asdict(limits), "bytes": len(data)}
        request |= {"seconds": self._seconds, "patience": math.ceil(self._patience) + 1}
        with self._lock:
            return self._timed(self._living(), lambda child: build(*child.exchange(request, data, most)))

    def _living(self) -> "_Child":
        if self._child is None or not self._child.alive():
            self.close()
            try:
                self._child = _Child()
            except OSError as fault:
                raise Refused("decoder_died") from fault
        return self._child

    def _timed(self, child: "_Child", talk: Callable[["_Child"], T]) -> T:
        """Killing the child is what ends a talk that takes too long: its pipes break."""
        started, watch = time.monotonic(), threading.Timer(self._patience, child.kill)
        watch.daemon = True
        watch.start()
        try:
            return talk(child)
        except (OSError, EOFError, AttributeError, LookupError, TypeError, ValueError) as fault:
            self.close()
            raise self._why(child, time.monotonic() - started) from fault
        finally:
            watch.cancel()
            watch.join()
            if child.spent or time.monotonic() - started >= self._patience:
                self.close()

    def _why(self, child: "_Child", seconds: float) -> Refused:
        if child.worked_too_long():
            return Refused("decoder_slow", limit=math.ceil(self._seconds))
        if seconds >= self._patience:
            return Refused("decoder_slow", limit=math.ceil(self._patience))
        return Refused("decoder_died")


class _Child:
    """The process and its two pipes, without buffers: nothing is shared with threads or forks by accident.

    `spent` is what it says of itself: its last picture left too little memory for another.
    """

    spent = False

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-c", START, str(ROOT)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, env={}, cwd="/")  # noqa: S603
        self._to = cast(RawIOBase, self._process.stdin)
        self._from = cast(RawIOBase, self._process.stdout)

    def exchange(self, request: Answer, data: bytes, most: int) -> tuple[Answer, list[bytes]]:
        """Sends a picture, gives what came back: at most `most` bytes beside the header. Raises Refused."""
        header = json.dumps(request).encode()
        for part in (LENGTH.pack(len(header)), header, data):
            self._write(part)
        (length,) = LENGTH.unpack(self._read(LENGTH.size, LENGTH.size))
        answer = json.loads(self._read(length, MOST_HEADER))
        self.spent = bool(answer.pop("spent", False))
        if answer.get("refused") in CODES:
            raise Refused(answer["refused"], **answer["values"])
        lengths = answer.pop("parts")
        return answer, [self._read(length, most) for length in lengths[:2]]

    def alive(self) -> bool:
        return self._process.poll() is None

    def worked_too_long(self) -> bool:
        """Whether it ended by the alarm that it sets itself before each picture."""
        return self._process.poll() == -signal.SIGPROF

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def let_go(self) -> None:
        self._process.returncode = 0  # not ours to wait for
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._to.close()
        self._from.close()

    def _write(self, part: bytes) -> None:
        rest = memoryview(part)
        while rest:
            rest = rest[self._to.write(rest) or 0 :]

    def _read(self, length: int, most: int) -> bytes:
        if not 0 <= length <= most:
            raise ValueError(f"{length} bytes announced, {most} allowed")
        data = bytearray(length)
        rest = memoryview(data)
        while rest:
            count = self._from.readinto(rest)
            if not count:
                raise EOFError
            rest = rest[count:]
        return bytes(data)


def shared() -> Decoder:
    """The decoder of this process. A forked process gets its own; it ends with the process."""
    return _shared[0]


def _facts(answer: Answer, _: list[bytes]) -> Facts:
    return _checked(Facts, answer["facts"])


def _normalised(answer: Answer, parts: list[bytes]) -> Normalised:
    picture, thumb = parts
    if answer["media_type"] not in ("image/jpeg", "image/png"):
        raise ValueError(answer["media_type"])
    return _checked(
        Normalised, {**answer, "facts": _facts(answer, parts), "picture": picture, "thumb": thumb}
    )


def _pixels(answer: Answer, parts: list[bytes]) -> Pixels:
    (data,) = parts
    if len(data) != answer["width"] * answer["height"] * {"RGB": 3, "RGBA": 4}[answer["mode"]]:
        raise ValueError("the pixels do not fill the picture")
    return _checked(Pixels, {**answer, "facts": _facts(answer, parts), "data": data})


def _checked(kind: type[T], values: Answer) -> T:
    """The answer as a dataclass, if its types are right: the child may speak for a hostile picture."""
    for field in fields(kind):  # type: ignore[arg-type]
        if not isinstance(values[field.name], cast(type, field.type)):
            raise TypeError(field.name)
    return kind(**values)


def _renew() -> None:
    _shared[0].abandon()
    _shared[0] = Decoder()


_shared = [Decoder()]
os.register_at_fork(after_in_child=_renew)
atexit.register(lambda: _shared[0].close())
