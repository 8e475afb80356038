"""Amounts, sizes, times and states as a person reads them, in the language being spoken."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from rich.text import Text

from souk.cli.language import _, current, n_

# What separates thousands and decimals. Morocco writes Arabic with Western digits.
_SEPARATORS = {"fr": ("\u202f", ","), "ar": (".", ","), "en": (",", ".")}
_WORDS = {
    "pending": n_("pending"),
    "provisioning": n_("being made"),
    "ready": n_("ready"),
    "updating": n_("being changed"),
    "attaching": n_("being put in"),
    "detaching": n_("being taken out"),
    "kept": n_("kept"),
    "awaiting": n_("awaiting delegation"),
    "strayed": n_("leads elsewhere now"),
    "member_up": n_("well"),
    "member_down": n_("not well"),
    "member_resting": n_("in maintenance"),
    "member_unknown": n_("not seen yet"),
    "member_absent": n_("not in the network"),
    "member_draining": n_("takes nothing new"),
    "member_maintenance": n_("takes nothing"),
    "check_answered": n_("answers"),
    "check_refused": n_("nobody at this port"),
    "check_silent": n_("no answer in time"),
    "check_tls": n_("TLS does not hold"),
    "check_status": n_("another status:"),
    "check_garbage": n_("no answer, but garbage"),
    "here": n_("leads here"),
    "elsewhere": n_("leads elsewhere"),
    "split": n_("leads elsewhere by IPv6"),
    "nowhere": n_("unknown to DNS"),
    "silent": n_("DNS does not answer"),
    "asked": n_("asked for"),
    "valid": n_("valid"),
    "ended": n_("ended"),
    "own": n_("the platform's own"),
    "give_address": n_("a public address given"),
    "take_address": n_("a public address taken away"),
    "firewall": n_("change of the firewall"),
    "stopped": n_("stopped"),
    "suspended": n_("suspended"),
    "suspend": n_("suspension"),
    "resume": n_("end of the suspension"),
    "unpaid": n_("a bill was not paid"),
    "abuse": n_("it was used against the rules"),
    "other": n_("another reason"),
    "failed": n_("failed"),
    "deleting": n_("being deleted"),
    "soft_deleted": n_("deleted, recoverable"),
    "deleted": n_("deleted"),
    "placed": n_("placed"),
    "fulfilled": n_("fulfilled"),
    "cancelled": n_("cancelled"),
    "queued": n_("queued"),
    "running": n_("running"),
    "succeeded": n_("succeeded"),
    "create": n_("creation"),
    "delete": n_("deletion"),
    "stop": n_("stop"),
    "start": n_("start"),
    "restart": n_("restart"),
    "resize": n_("resize"),
    "recover": n_("recovery"),
    "grant": n_("new credentials"),
    "rotate": n_("rotation of credentials"),
    "switchover": n_("switchover"),
    "failover": n_("failover"),
    "move": n_("move to another host"),
    "power_domains": n_("Its machines stand in power domains of their own."),
    "hosts": n_("Its machines stand on hosts of their own."),
    "together": n_("Some of its machines stand on the same host."),
    "update": n_("update"),
    "leads": n_("leads"),
    "synchronous": n_("has all that was acknowledged"),
    "follows": n_("follows"),
    "revoke": n_("revocation of credentials"),
    "entitle": n_("change of privileges"),
    "reset": n_("new password"),
    "create_database": n_("new database or bucket"),
    "drop_database": n_("deletion of a database or bucket"),
    "configure": n_("change of settings"),
    "allow": n_("change of access"),
    "writer": n_("reads and writes"),
    "reader": n_("reads only"),
    "backup": n_("backup"),
    "full": n_("full"),
    "differential": n_("differential"),
    "available": n_("available"),
    "expired": n_("expired"),
    "prove": n_("proof of a backup"),
    "export": n_("file to download"),
    "first_boot": n_("first boot"),
    "done": n_("done"),
    "interrupted": n_("cut short"),
    "release": n_("another release live"),
    "stage": n_("staging copy"),
    "publish": n_("publication of the staging copy"),
    "first": n_("there first"),
    "push": n_("pushed"),
    "staging": n_("from the staging copy"),
    "snapshot": n_("snapshot"),
    "roll_back": n_("return to a snapshot"),
    "drop_snapshot": n_("deletion of a snapshot"),
    "restore": n_("restore"),
    "firing": n_("firing"),
    "resolved": n_("resolved"),
    "grow": n_("change of disk"),
    "machine_ended": n_("its machine ended"),
    "process_ended": n_("its process ended"),
    "no_answer": n_("no answer"),
    "lost": n_("its machine is lost"),
    "proof_failed": n_("its backup failed a proof"),
    "machine_started": n_("machine started"),
    "process_started": n_("process started"),
    "configured": n_("configured again"),
    "answered": n_("it answers"),
    "no_longer_wanted": n_("stopped, as asked for"),
    "undo": n_("return to the machine before"),
    "rehearse": n_("upgrade tried out"),
    "upgrade": n_("upgrade"),
    "check": n_("check"),
    "convert": n_("conversion"),
    "extensions": n_("extensions"),
    "sort": n_("sorting of indexes"),
    "learn": n_("statistics"),
    "arrange_names": n_("how the site answers to its names"),
    "prove_name": n_("check of a name"),
    "remove_name": n_("removal of a name"),
    "attach": n_("entry into a private network"),
    "detach": n_("exit from a private network"),
    "invoice": n_("invoice"),
    "credit_note": n_("credit note"),
    "tpme": n_("small company (TPME)"),
    "large_enterprise": n_("large company"),
    "public_body": n_("public body"),
    "auto_entrepreneur": n_("self-employed"),
    "owner": n_("owner"),
    "admin": n_("administrator"),
    "buyer": n_("buyer"),
    "billing": n_("billing"),
    "technical": n_("technical"),
    "viewer": n_("viewer"),
}
_UNITS = (n_("B"), n_("KiB"), n_("MiB"), n_("GiB"), n_("TiB"))
_COLOURS = {"ready": "green", "succeeded": "green", "fulfilled": "green", "failed": "red", "stopped": "yellow"}


def number(value: Decimal, digits: int) -> str:
    """A number with `digits` decimals, separated as the language does."""
    thousands, point = _SEPARATORS[current()]
    return f"{value:,.{digits}f}".replace(",", "\0").replace(".", point).replace("\0", thousands)


def amount(minor: int, currency: str) -> str:
    """An amount given in hundredths."""
    return f"{number(Decimal(minor) / 100, 2)} {currency}"


def price(value: str | None, currency: str) -> str:
    """A price given as a decimal string, with the decimals it has and two at least."""
    if value is None:
        return "—"
    exact = Decimal(value).normalize()
    exponent = exact.as_tuple().exponent
    return f"{number(exact, max(2, -exponent if isinstance(exponent, int) else 2))} {currency}"


def exact(value: str) -> str:
    """A decimal string with the decimals that it needs."""
    plain = Decimal(value).normalize()
    exponent = plain.as_tuple().exponent
    return number(plain, max(0, -exponent if isinstance(exponent, int) else 0))


def size(count: int) -> str:
    """Bytes in the largest binary unit that keeps them above one."""
    value, power = Decimal(count), 0
    while value >= 1024 and power < len(_UNITS) - 1:
        value, power = value / 1024, power + 1
    return f"{number(value, 0 if value == int(value) else 1)} {_(_UNITS[power])}"


def moment(text: str | None) -> str:
    """An instant of the API, in this machine's time zone, to the second."""
    if not text:
        return "—"
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float) -> str:
    """A length of time in its two largest units."""
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=whole % 60)
    return _("{seconds} s").format(seconds=number(Decimal(str(round(seconds, 1))), 1))


def between(since: str, until: str | None) -> str:
    """How long it is from one instant to another, or to now."""
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    return duration((end - datetime.fromisoformat(since)).total_seconds())


def word(value: str) -> str:
    """A state, kind or role of the API in the reader's language; one we don't know stays as it is."""
    return _(_WORDS[value]) if value in _WORDS else value


def state(value: str) -> Text:
    """A state in its colour."""
    return Text(word(value), style=_COLOURS.get(value, ""))


def plain(value: object) -> str:
    """A value on one line: of a text of several lines the first, and that there are more."""
    if isinstance(value, list):
        return ",".join(map(plain, value))
    if isinstance(value, dict):
        return "{" + " ".join(f"{key}={plain(each)}" for key, each in value.items()) + "}"
    first, _newline, rest = str(value).partition("\n")
    return f"{first} …" if rest.strip() else first
