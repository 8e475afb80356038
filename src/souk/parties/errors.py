"""What can be wrong about parties."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Forbidden, NotFound, Problem


class InvalidIce(Problem):
    """“{ice}” is not a valid ICE. An ICE has 15 digits, the last two of which are check digits; copy it from the
    company's tax papers.
    """

    status = 422
    field = "ice"


class InvalidRib(Problem):
    """“{rib}” is not a valid RIB. A RIB has 24 digits, the last two of which are its key; copy it from the bank's own
    statement."""

    status = 422
    field = "rib"


class IceTaken(Conflict):
    """An organization with ICE {ice} is registered already. Ask one of its administrators for an invitation."""

    field = "ice"


class EmailTaken(Conflict):
    """Somebody has signed up with this e-mail address already. Sign in, or reset the password."""

    field = "email"


class IceRequired(Problem):
    """A Moroccan organization needs its ICE on every invoice. Enter its 15 digits."""

    status = 422
    field = "ice"


class InvalidSegment(Problem):
    """“{segment}” is not a segment. Choose one of: {choices}."""

    status = 422
    field = "segment"


class InvalidRole(Problem):
    """“{role}” is not a role. Choose one of: {choices}."""

    status = 422
    field = "role"


class InvalidScopes(Problem):
    """A token has one or more of these scopes: {choices}. You asked for: {given}."""

    status = 422
    field = "scopes"


class WeakPassword(Problem):
    """This password is not safe enough. {reasons}"""

    status = 422
    field = "password"


class WrongCredentials(Problem):
    """The e-mail address, the password or the one-time code is wrong or missing. Check them, or reset the password."""

    status = 401


class NotSignedIn(Problem):
    """You are not signed in, or your token is unknown, revoked or expired. Sign in, or send a valid API token."""

    status = 401


class RoleTooLow(Forbidden):
    """Your role “{role}”, or the token you use, does not allow this. Ask an owner or administrator of the
    organization."""


class TokenTooNarrow(Forbidden):
    """This token's scopes do not allow that. Use one that may do everything, or make one with the scope it needs."""


class LastOwner(Conflict):
    """An organization needs at least one owner. Make somebody else an owner first."""


class InvitationGone(NotFound):
    """This invitation was used, withdrawn or has expired. Ask for a new one."""


class InvitationForAnother(Forbidden):
    """This invitation is for {email}. Sign in with that address, or ask for an invitation to yours."""


class AlreadyMember(Conflict):
    """{email} is a member already. Change the role in the list of members instead."""

    field = "email"


class AlreadyInvited(Conflict):
    """{email} has an open invitation already. Withdraw it before sending another one."""

    field = "email"
