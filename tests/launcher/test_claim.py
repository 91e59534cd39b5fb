"""One launcher for one folder of data and one address."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from studio.launcher.claim import LOCK, Taken, claim_data, claim_port, note_address, served


def test_a_second_launcher_on_the_same_data_hears_who_has_it(tmp_path: Path) -> None:
    with claim_data(tmp_path), pytest.raises(Taken) as refusal:
        claim_data(tmp_path)
    assert f"the data in {tmp_path}, as process {os.getpid()}" in str(refusal.value)
    assert "STUDIO_DATA" in str(refusal.value)


def test_the_data_is_free_again_after_the_first_one_ended(tmp_path: Path) -> None:
    claim_data(tmp_path).close()
    claim_data(tmp_path).close()


def test_where_web_listens_is_known_while_its_launcher_runs_and_no_longer(tmp_path: Path) -> None:
    assert served(tmp_path) is None
    with claim_data(tmp_path) as lock:
        assert served(tmp_path) is None, "it has not said yet"
        note_address(lock, "::1", 8455)
        assert served(tmp_path) == ("::1", 8455)
        with pytest.raises(Taken, match=f"as process {os.getpid()}\\."):
            claim_data(tmp_path)
    assert served(tmp_path) is None
    with claim_data(tmp_path):
        assert served(tmp_path) is None, "what the one before said is gone"


def test_who_asks_where_web_listens_keeps_no_launcher_from_starting(tmp_path: Path) -> None:
    claim_data(tmp_path).close()
    with open(tmp_path / LOCK) as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        done = threading.Timer(0.1, asking.close)
        done.start()
        claim_data(tmp_path).close()
        done.join()


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with claim_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(Taken, match=rf"127\.0\.0\.1 port {port} .*[Uu]se.* PORT={port + 1} make run"):
            claim_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(Taken, match="192.0.2.1 port 8000 cannot be used"):
        claim_port("192.0.2.1", 8000)
