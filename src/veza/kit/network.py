"""What limits count by: the network behind an address. Parses text only; resolves and reaches nothing."""

from ipaddress import IPv6Address, ip_address, ip_network

_IPV6_NETWORK_BITS = 64


def find_network(address: str) -> str | None:
    """The address itself for IPv4, the /64 for IPv6 (one household owns a /64); None for any other text."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return str(parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else parsed)
