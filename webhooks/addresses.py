"""Which places a webhook may be sent to: the guard against requests into the inner network (SSRF).

A name is resolved once; every address it has must be public, or inside a network the administrator allowed
by name (government networks are private: `10.20.0.0/16` must be possible, on purpose). The addresses that
passed are the ones connected to, so a name cannot answer differently the second time.
"""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from foundation.errors import Invalid
from foundation.texts import Text, _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: networks that look public to Python but lead inwards or nowhere (shared space, 6to4 relay, translation)
_NEVER = tuple(
    ip_network(text)
    for text in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)
#: the only IPv6 space that is routed publicly (RFC 4291 §2.4)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_MAX_URL = 2_000


class AddressRefused(Invalid):
    """Địa chỉ nhận webhook không được phép."""

    code = "address_refused"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A receiver's URL taken apart. Only `EgressPolicy.vet` and `parse` make one."""

    #: the URL as stored
    url: str
    #: `https`, or `http` where development allows it
    scheme: str
    #: host name or address literal, without brackets
    host: str
    #: port, given or by scheme
    port: int
    #: path and query to post to
    target: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address that may be connected to."""

    #: socket family
    family: int
    #: what `socket.connect` takes
    sockaddr: Any
    #: the address as text, for the log
    address: str


Resolve = Callable[[str, int], list[tuple[int, Any]]]


def resolve_name(host: str, port: int) -> list[tuple[int, Any]]:
    """Ask the system's resolver once; gives (family, sockaddr) pairs. OSError when the name is unknown."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(int(family), sockaddr) for family, _type, _proto, _canonical, sockaddr in found]


@dataclass(frozen=True, kw_only=True)
class EgressPolicy:
    """The administrator's word on where webhooks may go."""

    #: inner networks that are allowed although they are not public; any port there
    allowed_networks: tuple[Network, ...] = ()
    #: plain http is for development only
    allows_http: bool = False
    #: ports at public addresses
    ports: frozenset[int] = frozenset({443, 8443})
    #: the resolver; tests give their own
    resolve: Resolve = resolve_name

    @classmethod
    def of(cls, networks: Iterable[str], *, allows_http: bool = False) -> "EgressPolicy":
        """Read a policy from settings (`["10.20.0.0/16", "127.0.0.1"]`); Invalid when a network is none."""
        return cls(allowed_networks=tuple(map(_network, networks)), allows_http=allows_http)

    def vet(self, url: str) -> Endpoint:
        """Check a URL before anybody stores it: form, scheme, name, every address.

        Raises AddressRefused (field `url`) saying what is wrong. Asks the resolver, so it is called before
        a transaction is opened.
        """
        endpoint = parse(url)
        try:
            self.routes(endpoint)
        except OSError as error:
            raise _refused(
                _("Không tìm thấy máy chủ “{host}”; hãy kiểm tra tên miền.", host=endpoint.host), url
            ) from error
        return endpoint

    def routes(self, endpoint: Endpoint) -> tuple[Route, ...]:
        """Resolve once and give the addresses to connect to; AddressRefused when one is not allowed."""
        if endpoint.scheme == "http" and not self.allows_http:
            raise _refused(_("Địa chỉ phải bắt đầu bằng https://; nhận được http://."), endpoint.url)
        try:
            found = self.resolve(endpoint.host, endpoint.port)
        except UnicodeError as error:
            raise _refused(
                _("Tên máy chủ “{host}” không hợp lệ.", host=endpoint.host), endpoint.url
            ) from error
        for _family, sockaddr in found:
            self._check(endpoint, _address(sockaddr))
        if not found:
            raise OSError(f"no address for {endpoint.host}")
        return tuple(
            Route(family=family, sockaddr=sockaddr, address=str(sockaddr[0])) for family, sockaddr in found
        )

    def _check(self, endpoint: Endpoint, address: Address) -> None:
        if any(address in network for network in self.allowed_networks):
            return
        if not is_public(address):
            text = _(
                "Máy chủ “{host}” có địa chỉ nội bộ {address}, không được phép nhận webhook. "
                "Nếu đây là máy chủ của cơ quan, quản trị viên cần thêm mạng này vào danh sách cho phép.",
                host=endpoint.host,
                address=str(address),
            )
            raise _refused(text, endpoint.url)
        if endpoint.port not in self.ports:
            expected = ", ".join(map(str, sorted(self.ports)))
            text = _(
                "Cổng {port} không được phép; chỉ dùng {expected}.", port=endpoint.port, expected=expected
            )
            raise _refused(text, endpoint.url)


def is_public(address: Address) -> bool:
    """Tell whether an address is routed on the public internet; stricter than `ipaddress.is_global`."""
    if any(address in network for network in _NEVER):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def parse(url: str) -> Endpoint:
    """Take a URL apart; AddressRefused (field `url`) when it is none, or has a user, password or fragment."""
    if len(url) > _MAX_URL or any(ord(character) <= 0x20 for character in url):  # noqa: PLR2004  control, blank
        raise _refused(_("Địa chỉ dài quá 2000 ký tự hoặc chứa khoảng trắng."), url)
    try:
        scheme, _colon, _rest = url.partition("://")
        parts = parse_url(url)
        host = (parts.host or "").strip("[]")
    except (LocationParseError, UnicodeError) as error:
        text = _("“{url}” không phải là địa chỉ hợp lệ (tên miền có dấu viết dạng xn--…).", url=url[:200])
        raise _refused(text, url) from error
    scheme = scheme.lower()
    if scheme not in {"http", "https"} or not host:
        raise _refused(
            _("Cần một địa chỉ đầy đủ dạng https://máy-chủ/đường-dẫn; nhận được “{url}”.", url=url[:200]), url
        )
    if parts.auth is not None or parts.fragment is not None:
        raise _refused(_("Địa chỉ không được chứa tên đăng nhập, mật khẩu hoặc dấu “#”."), url)
    port = parts.port if parts.port is not None else {"http": 80, "https": 443}[scheme]
    return Endpoint(url=url, scheme=scheme, host=host, port=port, target=parts.request_uri)


def _address(sockaddr: Any) -> Address:
    address = ip_address(str(sockaddr[0]).partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip())
    except ValueError as error:
        message = _("“{found}” không phải là mạng hợp lệ; ví dụ đúng: 10.20.0.0/16.", found=text)
        raise Invalid(message, fields={"networks": message}) from error


def _refused(text: Text, url: str) -> AddressRefused:
    return AddressRefused(text, fields={"url": text}, url=url)
