"""How a service is reached: addresses, certificates, credentials."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from souk.doors.rest.auth import member
from souk.doors.rest.document import file
from souk.kernel.errors import NotFound
from souk.provisioning import queries
from souk.provisioning.credentials import reveal

router = Router(tags=["Services"])


class CredentialsOut(Schema):
    """A way in, password included; `private` is the one in the private network, if there is one. `address` is where
    `hostname` points on the platform, `public_address` where the world reaches it, if it does; `authority` is the CA to
    trust (PEM). `given` is all of it as its vendor gave it, for a service that is produced elsewhere.
    """

    uri: str
    private: str
    public_address: str
    fields: dict[str, str]
    client: list[str]
    username: str
    password: str
    address: str
    authority: str
    given: dict[str, Any] = {}


class SnippetOut(Schema):
    """A few lines of a program that connects; it reads the password from its environment."""

    language: str
    text: str


class ConnectionOut(Schema):
    """How to connect, without the password: `uri` has `PASSWORD` in its place, and so has `pooled`, which leads through
    the connection pool where there is one. `own` are the same by names of the customer's own, `private` by its name in
    its private network, where it has `private_address`, `public` by the one for the world, which reaches it at
    `public_address`. `address` is where the host's name points on the platform. Where there is no
    `password`, a key of one's own opens the service, and `known_hosts` is the line by which SSH clients recognize it.
    """

    uri: str
    pooled: str
    fields: dict[str, str]
    client: list[str]
    snippets: list[SnippetOut]
    own: list[str]
    private: str
    private_address: str
    public: str
    public_address: str
    username: str
    address: str
    password: bool
    known_hosts: str


@router.get("/services/{service}/connection", response=ConnectionOut, operation_id="getConnection")
def connection(request: HttpRequest, service: UUID, binding: str = "default") -> ConnectionOut:
    """How to connect with one of a service's bindings. The password is another request: `revealCredentials`."""
    found = queries.connection_of(member(request), service, binding)
    return ConnectionOut(
        uri=found.connection.uri,
        pooled=found.connection.pooled,
        fields=dict(found.connection.fields),
        client=list(found.connection.client),
        snippets=[SnippetOut(language=each.language, text=each.text) for each in found.connection.snippets],
        own=[each.uri for each in found.own],
        private=found.private.uri if found.private else "",
        private_address=found.private_address,
        public=found.public.uri if found.public else "",
        public_address=found.public_address,
        username=found.username,
        address=found.address,
        password=found.connection.password,
        known_hosts=found.connection.known_hosts,
    )


@router.get("/services/{service}/first-boot", response=queries.FirstBootRow, operation_id="getFirstBoot")
def first_boot(request: HttpRequest, service: UUID) -> queries.FirstBootRow:
    """How far is what was to be done at a machine's first boot, and the last lines that it said."""
    scope = member(request)
    queries.service(scope, service)
    found = queries.first_boot(scope, service)
    if found is None:
        raise NotFound
    return found


@router.get("/services/{service}/ca.pem", operation_id="getAuthority", openapi_extra=file("application/x-pem-file"))
def authority(request: HttpRequest, service: UUID) -> HttpResponse:
    """The certificate (PEM) of the site's authority, which signed the service's own, for clients to trust."""
    found = queries.connection_of(member(request), service)
    return HttpResponse(found.authority, content_type="application/x-pem-file")


@router.post("/services/{service}/credentials", response=CredentialsOut, operation_id="revealCredentials")
def credentials(
    request: HttpRequest, response: HttpResponse, service: UUID, binding: str = "default"
) -> CredentialsOut:
    """Show how to connect, password included. Every look is recorded."""
    found = reveal(member(request), service, binding)
    response["Cache-Control"] = "no-store"
    return CredentialsOut(
        uri=found.connection.uri.replace("PASSWORD", found.password),
        private=found.private.uri.replace("PASSWORD", found.password) if found.private else "",
        public_address=found.public_address,
        fields=dict(found.connection.fields),
        client=list(found.connection.client),
        username=found.username,
        password=found.password,
        address=found.address,
        authority=found.authority,
        given=dict(found.given),
    )
