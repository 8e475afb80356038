"""Ethernet frames as somebody who means harm writes them, each with a token by which one knows where it arrives."""

from __future__ import annotations

import ipaddress
import struct

ALL = "ff:ff:ff:ff:ff:ff"
_IPV4, _ARP, _VLAN, _IPV6, _LLDP = 0x0800, 0x0806, 0x8100, 0x86DD, 0x88CC


Place = tuple[str, str]
"""A hardware address, and an IPv4 address."""


def mac(text: str) -> bytes:
    """The bytes of a hardware address."""
    return bytes.fromhex(text.replace(":", ""))


def ethernet(source: str, target: str, kind: int, payload: bytes) -> bytes:
    """A frame, at least as long as the shortest that there may be."""
    return (mac(target) + mac(source) + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def udp4(token: bytes, source: Place, target: Place, ports: tuple[int, int] = (5999, 5999)) -> bytes:
    """A datagram from a (hardware address, IPv4 address) to another."""
    return ethernet(source[0], target[0], _IPV4, _packet(token, source[1], target[1], ports))


def tagged(token: bytes, source: Place, target: Place) -> bytes:
    """The same inside of a VLAN."""
    return ethernet(source[0], target[0], _VLAN, struct.pack("!HH", 7, _IPV4) + _packet(token, source[1], target[1]))


def arp(token: bytes, sender: str, target: str, says: Place, asks: str, *, reply: bool) -> bytes:
    """What `says` that its IPv4 address is at its hardware address; the token follows where nobody reads."""
    body = struct.pack("!HHBBH", 1, _IPV4, 6, 4, 2 if reply else 1) + mac(says[0]) + _v4(says[1])
    return ethernet(sender, target, _ARP, body + mac(target) + _v4(asks) + token)


def udp6(token: bytes, source: str, target: str) -> bytes:
    """A datagram between link-local addresses, to all that listen."""
    body = struct.pack("!HHHH", 5999, 5999, 8 + len(token), 0) + token
    return ethernet(source, target, _IPV6, _v6_header(17, len(body)) + body)


def advertisement(token: bytes, source: str) -> bytes:
    """Somebody offers to be everybody's IPv6 gateway."""
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + token
    return ethernet(source, "33:33:00:00:00:01", _IPV6, _v6_header(58, len(body)) + body)


def lldp(token: bytes, source: str) -> bytes:
    """Something that is no network protocol of machines."""
    return ethernet(source, "01:80:c2:00:00:0e", _LLDP, token)


def _packet(token: bytes, source: str, target: str, ports: tuple[int, int] = (5999, 5999)) -> bytes:
    body = struct.pack("!HHHH", *ports, 8 + len(token), 0) + token
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0) + _v4(source) + _v4(target)
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + body


def _v6_header(following: int, length: int) -> bytes:
    source, target = (ipaddress.IPv6Address(each).packed for each in ("fe80::bad", "ff02::1"))
    return struct.pack("!IHBB", 6 << 28, length, following, 255) + source + target


def _v4(address: str) -> bytes:
    return ipaddress.IPv4Address(address).packed


def _checksum(header: bytes) -> int:
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
