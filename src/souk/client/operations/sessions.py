"""Operations of the API: sessions. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Sessions(Transport):
    """Sessions."""

    def sign_up(self, body: models.SignUp) -> models.NewPerson:
        """Sign up."""
        found: models.NewPerson = self._call("POST", path("people"), body=body)
        return found

    def sign_in(self, body: models.SignIn) -> models.NewToken:
        """Sign in with e-mail address and password and get a token. Failures are counted and slowed down."""
        found: models.NewToken = self._call("POST", path("tokens"), body=body)
        return found

    def list_tokens(self) -> list[models.TokenRow]:
        """My tokens, without their secrets."""
        found: list[models.TokenRow] = self._call("GET", path("tokens"))
        return found

    def revoke_token(self, token: str) -> None:
        """Revoke a token of mine."""
        self._call("DELETE", path("tokens", token))

    def me(self) -> models.Me:
        """Who I am and what I may do where."""
        found: models.Me = self._call("GET", path("me"))
        return found
