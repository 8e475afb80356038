"""What stops a command: each carries one sentence for the person at the keyboard."""

from __future__ import annotations

from souk.cli.language import _
from souk.client import Failed, Foreign, Refused, Unreachable


class Stopped(Exception):
    """The command can't go on; the message says why and what to do."""

    exit_code = 1


def sentence(failed: Failed) -> str:
    """What the client met, in the reader's language, and what to do."""
    match failed:
        case Unreachable():
            return _("{server} does not answer. Check the address and your network, then try again.").format(
                server=failed.server
            )
        case Foreign():
            return _("What answers there is not Souk. Check the server's address.")
        case Refused():
            return _refusal(failed)
    return str(failed)


def _refusal(refused: Refused) -> str:
    problem, status = refused.problem, refused.status
    sentence = str(problem.get("title") or _("The server refused with status {status}.").format(status=status))
    faults = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in problem.get("faults", []))
    if faults:
        sentence += f" ({faults})"
    if refused.type == "not-signed-in":
        sentence += " " + _("Sign in with `souk login`.")
    if status >= 500 and problem.get("request_id"):
        sentence += " " + _("Request {identifier}.").format(identifier=problem["request_id"])
    return sentence
