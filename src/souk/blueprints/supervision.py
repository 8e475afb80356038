"""What systemd in a machine tells of the process that it keeps running."""

from __future__ import annotations

from datetime import UTC, datetime

from souk.provisioning.contract import ConfigurationFailed, Guest, Interruption, OnlyLooks, Wanted

_SHOW = (
    "systemctl",
    "show",
    "--timestamp=us+utc",
    "--property=NRestarts,ActiveExitTimestamp,ActiveEnterTimestamp",
)
_FORMAT = "%a %Y-%m-%d %H:%M:%S.%f UTC"


class Supervised(OnlyLooks):
    """An observer whose services are a process that systemd keeps running, in a `unit` of this name."""

    unit: str

    def interruption(self, guest: Guest, wanted: Wanted) -> Interruption | None:
        """What systemd in the machine saw of the process.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return interruption(guest, self.unit)


def interruption(guest: Guest, unit: str) -> Interruption | None:
    """When the process last ended and was started again by systemd alone, who counts such restarts from a start that
    was asked for.

    Raises:
        ConfigurationFailed: systemd does not tell.
    """
    done = guest.execute([*_SHOW, unit], timeout=10)
    told = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    if done.exit_code or "NRestarts" not in told:
        raise ConfigurationFailed(done.stderr.strip()[:200] or "systemd tells nothing of the service")
    if told["NRestarts"] == "0":
        return None
    return Interruption(_instant(told["ActiveExitTimestamp"]), _instant(told["ActiveEnterTimestamp"]))


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise ConfigurationFailed(f"systemd tells no time: {text!r}") from None
