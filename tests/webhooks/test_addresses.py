"""Where a webhook may not go: each way into the inner network that the reliability note §3.3 lists."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.errors import Invalid
from webhooks.addresses import AddressRefused, EgressPolicy, is_public, parse

PUBLIC = "93.184.216.34"


def _answering(*addresses: str, **options: Any) -> EgressPolicy:
    def resolve(_host: str, port: int) -> list[tuple[int, Any]]:
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(int(family), (address, port)) for family, address in zip(families, addresses, strict=True)]

    return EgressPolicy(resolve=resolve, **options)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.1.1",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fc00::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[fec0::1]",
        "[::]",
        "[::7f00:1]",
        "224.0.0.1",
        "233.252.1.1",
        "255.255.255.255",
        "192.88.99.1",
        "192.0.2.1",
    ],
)
def test_an_inner_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        EgressPolicy().vet(f"https://{host}/hook")

    assert "nội bộ" in refused.value.fields["url"].render()


def test_a_public_address_is_accepted() -> None:
    endpoint = _answering(PUBLIC, "2606:4700::6810:84e5").vet("https://congviec.example/hook?a=1")

    assert (endpoint.host, endpoint.port, endpoint.target) == ("congviec.example", 443, "/hook?a=1")


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.5"):
        _answering(PUBLIC, "10.0.0.5").vet("https://congviec.example/hook")


def test_an_inner_network_is_open_when_the_administrator_named_it() -> None:
    policy = EgressPolicy.of(["10.20.0.0/16", "fd00:1::/32"])

    assert policy.vet("https://10.20.3.4:9443/hook").port == 9443
    assert policy.vet("https://[fd00:1::7]/hook").host == "fd00:1::7"
    with pytest.raises(AddressRefused, match="quản trị viên"):
        policy.vet("https://10.21.3.4/hook")


def test_a_mapped_address_counts_as_the_address_inside_it() -> None:
    policy = EgressPolicy.of(["10.20.0.0/16"])

    assert policy.vet("https://[::ffff:10.20.0.1]/hook").port == 443


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://congviec.example/hook", "https://"),
        ("ftp://congviec.example/", "đầy đủ"),
        ("//congviec.example/hook", "đầy đủ"),
        ("congviec.example", "đầy đủ"),
        ("https:///hook", "đầy đủ"),
        ("javascript:alert(1)", "đầy đủ"),
        ("https://an:mat-khau@congviec.example/", "mật khẩu"),
        ("https://congviec.example/#a", "#"),
        ("https://congviec.example/\r\nX: 1", "khoảng trắng"),
        ("https://congviec.example:22/hook", "Cổng 22"),
        ("https://congviec.example:99999/hook", "hợp lệ"),
        ("https://congviec.example/" + "a" * 2000, "2000"),
        ("", "đầy đủ"),
    ],
)
def test_a_url_of_the_wrong_form_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        _answering(PUBLIC).vet(url)

    assert reason in refused.value.fields["url"].render()


def test_an_unknown_name_is_refused_at_once() -> None:
    def resolve(host: str, _port: int) -> list[tuple[int, Any]]:
        raise socket.gaierror(f"unknown {host}")

    with pytest.raises(AddressRefused, match=r"Không tìm thấy máy chủ “khong-co\.example”"):
        EgressPolicy(resolve=resolve).vet("https://khong-co.example/hook")


def test_a_path_may_be_vietnamese_a_domain_name_is_asked_for_in_its_ascii_form() -> None:
    assert parse("https://congviec.example/nhận").target == "/nh%E1%BA%ADn"
    with pytest.raises(AddressRefused, match="xn--"):
        parse("https://tiếnđộ.example/nhận")


def test_a_network_that_is_none_is_refused_in_the_settings() -> None:
    with pytest.raises(Invalid, match=r"10\.20\.0\.0/16"):
        EgressPolicy.of(["10.20.0.1/16"])


@given(text=st.text(max_size=30) | st.text(":/?#[]@%.0123456789abcxf-\\", max_size=30))
@example(text="a\ud800.example")
@example(text="[::1")
@example(text="[v1.a]")
@example(text="%31%32%37.0.0.1")
def test_no_text_breaks_the_reading_of_urls_and_none_leads_inwards(text: str) -> None:
    def resolve(host: str, port: int) -> list[tuple[int, Any]]:
        try:
            return [(0, (str(ip_address(host)), port))]
        except ValueError:
            return [(0, ("10.0.0.1", port))]

    try:
        endpoint = EgressPolicy(resolve=resolve).vet("https://" + text)
    except AddressRefused:
        return
    assert is_public(ip_address(endpoint.host))


@pytest.mark.parametrize("address", ["8.8.8.8", PUBLIC, "2606:4700::6810:84e5", "2a00:1450:4001:82a::200e"])
def test_ordinary_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))
