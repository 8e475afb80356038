"""What the firewall's counters are read as."""

from __future__ import annotations

import json

from souk.engines.incus.traffic import Traffic, parsed


def _listing(*elements: object) -> bytes:
    found = {"family": "inet", "name": "sent", **({"elem": list(elements)} if elements else {})}
    return json.dumps({"nftables": [{"metainfo": {"version": "1.0.6"}}, {"set": found}]}).encode()


def test_each_card_has_its_bytes() -> None:
    one = {"elem": {"val": "10:66:6a:87:4e:f0", "expires": 7, "counter": {"packets": 652, "bytes": 10082586}}}
    assert parsed(_listing(one)) == {"10:66:6a:87:4e:f0": 10082586}
    assert parsed(_listing()) == {}


def test_where_nobody_counts_nothing_is_told_rather_than_none_sent() -> None:
    assert Traffic("").sent() is None
    assert Traffic("souk_of_nobody_sent").sent() is None
