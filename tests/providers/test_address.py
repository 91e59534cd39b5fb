"""Which addresses may be reached. The table is of what attackers write."""

import pytest

from studio.providers.address import Barred, check_url, is_public

PRIVATE = [
    "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::", "2001::1", "2001:0:7f00:1::",
    "2001:db8::1", "3fff::1", "5f00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00::1",
    "ff02::1", "ff0e::1", "100::1", "no address", "",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]

ODD = [
    "https://allowed@127.0.0.1/", "https://allowed:secret@host.test/", "https://127.0.0.1\\@allowed/",
    "https://host.test\\.allowed/", "https://127\uff0e0\uff0e0\uff0e1/", "https://127\u30020\u30020\u30021/",
    "https://ho st.test/", "https://host.test/a b", "https://host.test/\r\nHost: other", "https://[::1/",
    "https://host.test:port/", "https://host.test:99999/", "https://-host.test/", "https://host.test./",
    "https://localhost./", "https://", "https:///path", "//host.test/", "host.test", "", "https://[::1%25lo]/",
    "file:///etc/passwd", "gopher://allowed/", "ftp://allowed/", "data:image/png;base64,AAAA",
    "http://host.test/", "http://allowed/", "javascript:alert(1)", "https://host.test/" + "a" * 9000,
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_public_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", ODD)
def test_odd_addresses_are_refused_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(Barred):
        check_url(url, {"allowed:8443"})


@pytest.mark.parametrize(
    "url",
    ["https://cdn.hiapi.ai/tasks/X/0.png?e=1&s=a%2Fb", "https://a_b.c:8443/", "https://[2606:4700::1]/"],
)
def test_ordinary_addresses_pass(url: str) -> None:
    assert check_url(url, ()).scheme == "https"


def test_plain_http_is_for_the_exact_place_that_the_operator_named() -> None:
    assert check_url("http://127.0.0.1:8123/a.png", {"127.0.0.1:8123"})
    assert check_url("http://cdn.test/a.png", {"cdn.test:80"})
    for url in ("http://127.0.0.1:8124/a.png", "http://127.0.0.1/a.png", "http://localhost:8123/a.png"):
        with pytest.raises(Barred):
            check_url(url, {"127.0.0.1:8123"})


def test_a_refusal_does_not_repeat_the_address() -> None:
    with pytest.raises(Barred) as barred:
        check_url("http://cdn.test/a.png?token=canary", ())
    assert "canary" not in repr(barred.value)
