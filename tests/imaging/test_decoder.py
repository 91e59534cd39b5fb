"""The child that decodes: limited, replaceable, and nobody else's."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.imaging import decoder as door
from studio.imaging.decoder import Decoder, shared
from studio.imaging.errors import Refused
from studio.imaging.facts import Limits
from studio.imaging.normalise import decode, normalise
from tests import pictures

FORMATS = ("JPEG", "PNG", "WebP", "HEIC", "AVIF")
ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of the Linux kernel")


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def pid(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child._process.pid


def child_runs(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The child starts with this instead of its own code: a decoder that a hostile picture has taken over."""
    monkeypatch.setattr(door, "START", f"import os, sys, time, json, struct\n{code}")


def answering(header: object, rest: str = "b''") -> str:
    text = json.dumps(header)
    return (
        "os.read(0, 1 << 16)\n"
        f"header = {text!r}.encode()\n"
        f"os.write(1, struct.pack('>I', len(header)) + header + {rest})\n"
        "time.sleep(30)"
    )


@pytest.mark.parametrize("format", FORMATS)
def test_the_child_gives_what_direct_decoding_gives(decoder: Decoder, format: str) -> None:
    data = pictures.photo(format=format)
    assert decoder.normalise(data, Limits(), 300) == normalise(data, Limits(), 300)
    assert decoder.decode(data) == decode(data, Limits())
    assert decoder.probe(data) == normalise(data, Limits()).facts


@pytest.mark.parametrize(
    "data",
    [
        *(pictures.turned(6, format=format) for format in ("JPEG", "PNG", "WebP")),
        *(pictures.chatty(format) for format in FORMATS),
        *(pictures.animation(format) for format in ("PNG", "WebP", "AVIF")),
        pictures.phone_photo(),
        pictures.deep_grey(key=0),
        pictures.deep_colour((1, 2, 3, 4)),
        pictures.cutout(),
        pictures.photo(format="JPEG", comment=b"x", progressive=True),
    ],
)
def test_the_child_lacks_no_part_that_direct_decoding_loads_when_needed(
    decoder: Decoder, data: bytes
) -> None:
    assert decoder.normalise(data) == normalise(data, Limits())


def test_transparency_crosses_the_pipe(decoder: Decoder) -> None:
    assert decoder.decode(pictures.cutout()).mode == "RGBA"
    assert decoder.normalise(pictures.cutout()).media_type == "image/png"


def test_a_refusal_arrives_with_its_values(decoder: Decoder) -> None:
    with pytest.raises(Refused) as caught:
        decoder.decode(pictures.truncated(pictures.photo(format="PNG")))
    assert (caught.value.code, caught.value.values) == ("truncated", {"format": "PNG"})


def test_what_its_first_bytes_condemn_never_reaches_a_child(decoder: Decoder) -> None:
    for data in (b"", b"GIF89a", b"hello", pictures.lying_jpeg(65_500, 65_500)):
        with pytest.raises(Refused):
            decoder.normalise(data)
    assert decoder._child is None


def test_one_child_serves_picture_after_picture(decoder: Decoder) -> None:
    decoder.probe(pictures.photo())
    first = pid(decoder)
    decoder.normalise(pictures.photo())
    assert pid(decoder) == first


def test_eight_threads_share_one_child(decoder: Decoder) -> None:
    files = [pictures.photo(100 + 10 * step, 100) for step in range(24)]
    with ThreadPoolExecutor(8) as threads:
        widths = list(threads.map(lambda data: decoder.normalise(data).width, files))
    assert widths == [100 + 10 * step for step in range(24)]


# Death and delay


def test_a_child_killed_in_the_middle_is_told_and_replaced(decoder: Decoder) -> None:
    decoder.probe(pictures.photo())
    os.kill(pid(decoder), signal.SIGSTOP)  # so that the picture is surely under way
    killer = threading.Timer(0.2, os.kill, (pid(decoder), signal.SIGKILL))
    killer.start()
    with pytest.raises(Refused, match="decoder_died"):
        decoder.normalise(pictures.photo())
    killer.join()
    assert decoder.normalise(pictures.photo()).width == 320


def test_a_child_that_died_between_pictures_costs_no_picture(decoder: Decoder) -> None:
    decoder.probe(pictures.photo())
    os.kill(pid(decoder), signal.SIGKILL)
    time.sleep(0.1)
    assert decoder.normalise(pictures.photo()).width == 320


def test_a_child_that_hangs_is_told_and_the_next_picture_works(decoder: Decoder) -> None:
    decoder.probe(pictures.photo())
    decoder._patience = 0.6
    os.kill(pid(decoder), signal.SIGSTOP)
    with pytest.raises(Refused, match="decoder_slow limit=1"):
        decoder.normalise(pictures.photo())
    decoder._patience = 30
    assert decoder.normalise(pictures.photo()).width == 320


def test_a_picture_that_is_too_much_work_is_told_and_the_next_one_works(decoder: Decoder) -> None:
    decoder._seconds = 0.05
    with pytest.raises(Refused, match="decoder_slow limit=1"):
        decoder.normalise(pictures.flat_webp(6000, 6000))
    decoder._seconds = 5
    assert decoder.normalise(pictures.photo()).width == 320


@linux
def test_work_is_counted_and_not_the_time_that_others_take(decoder: Decoder) -> None:
    """A loaded machine refuses no honest picture: the child stands still for longer than it may work."""
    decoder.probe(pictures.photo())
    decoder._seconds = 0.4
    os.kill(pid(decoder), signal.SIGSTOP)
    threading.Timer(1, os.kill, (pid(decoder), signal.SIGCONT)).start()
    assert decoder.normalise(pictures.photo()).width == 320


@linux
def test_a_child_that_lost_memory_leaves_the_next_picture_to_another() -> None:
    """Decoders leak what they had taken when they find no more; here a block is held in their place."""
    code = """
import mmap, sys; sys.path.insert(0, sys.argv[1])
from studio.imaging import decoder_child as child
child._limit(child.resource.RLIMIT_AS, child.MEMORY)
before, lost = child._spent(), mmap.mmap(-1, 300 << 20)
print(before, child._spent()); lost.close(); print(child._spent())
"""
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT)], capture_output=True, check=True, text=True
    )
    assert told.stdout.split() == ["False", "True", "False"]


def test_a_child_that_says_so_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    child_runs(monkeypatch, answering({"refused": "empty", "values": {}, "spent": True}))
    decoder = Decoder(patience=5)
    with pytest.raises(Refused, match="empty"):
        decoder.normalise(pictures.photo())
    assert decoder._child is None


def test_a_large_file_to_a_child_that_does_not_read_is_slow_too(monkeypatch: pytest.MonkeyPatch) -> None:
    child_runs(monkeypatch, "time.sleep(30)")
    decoder = Decoder(patience=0.5)
    with pytest.raises(Refused, match="decoder_slow"):
        decoder.normalise(pictures.photo() + bytes(3_000_000))


@linux
def test_a_child_that_runs_out_of_memory_dies_alone(decoder: Decoder) -> None:
    wide_open = Limits(max_pixels=2**29)
    with pytest.raises(Refused) as caught:
        decoder.decode(pictures.flat_webp(16_383, 16_383), wide_open)
    assert caught.value.code in ("decoder_died", "broken")
    assert decoder.normalise(pictures.photo()).width == 320


@pytest.mark.parametrize(
    "code",
    [
        "sys.exit()",
        "os.read(0, 1 << 16); os.write(1, b'\\xff\\xff\\xff\\xff')",
        "os.read(0, 1 << 16); os.write(1, b'\\0\\0\\0\\4nope')",
        answering([]),
        answering({"parts": []}),
        answering({"refused": "nonsense", "values": {}}),
        answering({"refused": "empty", "values": {"html": "<b>"}}),
        answering({"facts": {}, "parts": [10**12, 1]}),
        answering({"facts": {}, "parts": [-1, 1]}),
        answering({"facts": {"format": 1}, "parts": [1, 1], "media_type": "text/html"}, "b'ab'"),
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    child_runs(monkeypatch, code)
    decoder = Decoder(patience=5)
    with pytest.raises(Refused, match="decoder_died"):
        decoder.normalise(pictures.photo())
    assert decoder._child is None


def test_a_machine_that_can_start_no_child_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Refused, match="decoder_died"):
        Decoder().normalise(pictures.photo())


# What the child may not do


@linux
def test_the_child_can_open_nothing_and_reach_nothing(decoder: Decoder) -> None:
    decoder.probe(pictures.photo())
    process = Path(f"/proc/{pid(decoder)}")
    limits = {
        line[:26].strip(): line[26:].split()[:2] for line in (process / "limits").read_text().splitlines()
    }
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["3", "3"]
    assert limits["Max address space"] == [str(1 << 30)] * 2
    assert (process / "environ").read_bytes() == b""
    assert sorted(os.listdir(process / "fd")) == ["0", "1", "2"]
    assert "NoNewPrivs:\t1" in (process / "status").read_text()


@linux
def test_the_child_has_a_network_of_its_own_where_the_kernel_allows_it(decoder: Decoder) -> None:
    if subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel gives no network namespaces")
    decoder.probe(pictures.photo())
    assert os.readlink(f"/proc/{pid(decoder)}/ns/net") != os.readlink("/proc/self/ns/net")


@pytest.mark.parametrize("name", pictures.bombs())
def test_no_bomb_ends_the_child(decoder: Decoder, name: str) -> None:
    """It has five seconds of work and a GiB: what it takes in is decoded within that."""
    try:
        verdict = decoder.normalise(pictures.bombs()[name]).media_type
    except Refused as refusal:
        verdict = refusal.code
    assert verdict in ("image/jpeg", "image/png", "too_many_pixels", "broken", "truncated")


def loaded_with(module: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, sys.argv[1]); import {module}; print(*sys.modules)"
    command = [sys.executable, "-I", "-c", code, str(ROOT)]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


def test_the_child_loads_neither_arrays_nor_the_web() -> None:
    assert not {"numpy", "cv2", "django", "http.client"} & loaded_with("studio.imaging.decoder_child")


def test_the_door_loads_no_decoder() -> None:
    assert not {"PIL", "pillow_heif", "numpy"} & loaded_with("studio.imaging.decoder")


# Forks and ends


def in_a_process(act: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs `act` in a process of its own that has used its decoder and printed the child's id."""
    code = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from studio.imaging.decoder import shared
from tests import pictures
shared().probe(pictures.photo())
print(shared()._child._process.pid, flush=True)
{act}
"""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=check, timeout=60
    )


def test_a_forked_process_uses_a_child_of_its_own() -> None:
    done = in_a_process(
        "if os.fork() == 0:\n"
        "    shared().probe(pictures.photo())\n"
        "    print(shared()._child._process.pid, flush=True)\n"
        "    sys.exit()\n"
        "status = os.wait()[1]\n"
        "shared().probe(pictures.photo())\n"
        "print(shared()._child._process.pid, status)"
    )
    parents, forks, after, status = done.stdout.split()
    assert (parents, status, done.stderr) == (after, "0", "")
    assert parents != forks


@linux
@pytest.mark.parametrize("end", ["pass", "os._exit(0)", "os.kill(os.getpid(), 9)"])
@pytest.mark.parametrize(
    "fork", ["", "if os.fork() == 0: os.close(1), os.close(2), time.sleep(5), os._exit(0)"]
)
def test_the_child_ends_with_its_parent_though_a_fork_lives_on(fork: str, end: str) -> None:
    process = in_a_process(f"{fork}\n{end}", check=False)
    status = Path(f"/proc/{process.stdout.split()[0]}/status")
    deadline = time.monotonic() + 3
    while status.exists() and "zombie" not in status.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not status.exists() or "zombie" in status.read_text()


def test_there_is_one_decoder_in_a_process() -> None:
    assert shared() is shared()
    assert shared().normalise(pictures.photo()).width == 320
