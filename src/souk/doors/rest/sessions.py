"""Signing up, signing in, tokens, and who I am."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import member
from souk.parties import commands, queries
from souk.parties.errors import WrongCredentials
from souk.parties.models import Person

router = Router(tags=["Sessions"])


class SignUp(Schema):
    """Somebody new."""

    email: str
    password: str
    full_name: str
    language: str = "fr"


class SignIn(Schema):
    """Who signs in; `code` is a one-time code where the person has switched them on."""

    email: str
    password: str
    code: str = ""
    name: str = "api"
    scopes: list[str] = ["*"]
    days: int = 90


class NewPerson(Schema):
    """The person who signed up."""

    id: UUID


class NewToken(Schema):
    """A token, shown this once."""

    id: UUID
    token: str


class Me(Schema):
    """Who the token stands for."""

    id: UUID
    email: str
    full_name: str
    language: str
    is_operator: bool
    organizations: dict[str, str]


@router.post("/people", auth=None, response={201: NewPerson}, operation_id="signUp")
def sign_up(request: HttpRequest, body: SignUp) -> Status[NewPerson]:
    """Sign up."""
    del request
    return Status(201, NewPerson(id=commands.sign_up(body.email, body.password, body.full_name, body.language)))


@router.post("/tokens", auth=None, response={201: NewToken}, operation_id="signIn")
def sign_in(request: HttpRequest, body: SignIn) -> Status[commands.NewToken]:
    """Sign in with e-mail address and password and get a token. Failures are counted and slowed down."""
    try:
        person = get_adapter(request).authenticate(request, email=body.email.strip().lower(), password=body.password)
    except ValidationError as error:
        raise WrongCredentials from error
    if person is None or not _second_factor(person, body.code):
        raise WrongCredentials
    return Status(201, commands.create_token(person.id, body.name, body.scopes, days=body.days))


def _second_factor(person: Person, code: str) -> bool:
    factors = list(Authenticator.objects.filter(user=person))
    if not factors:
        return True
    totp = [factor for factor in factors if factor.type == Authenticator.Type.TOTP]
    return bool(code) and any(factor.wrap().validate_code(code) for factor in totp)


@router.get("/tokens", response=list[queries.TokenRow], operation_id="listTokens")
def list_tokens(request: HttpRequest) -> list[queries.TokenRow]:
    """My tokens, without their secrets."""
    return queries.tokens(member(request).person)


@router.delete("/tokens/{token}", response={204: None}, operation_id="revokeToken")
def revoke(request: HttpRequest, token: UUID) -> Status[None]:
    """Revoke a token of mine."""
    commands.revoke_token(member(request).person, token)
    return Status(204, None)


@router.get("/me", response=Me, operation_id="me")
def me(request: HttpRequest) -> Me:
    """Who I am and what I may do where."""
    scope = member(request)
    person = Person.objects.get(id=scope.person)
    return Me(
        id=person.id,
        email=person.email,
        full_name=person.full_name,
        language=person.language,
        is_operator=person.is_operator,
        organizations={str(organization): role for organization, role in scope.roles},
    )
