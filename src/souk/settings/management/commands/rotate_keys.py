"""`souk-manage rotate_keys`: seal every secret anew under the first key of its ring. Safe to stop and repeat."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from souk.brokers import intake
from souk.brokers.commands.registering import usage_context
from souk.brokers.models import Broker, Intake
from souk.kernel.rotation import Sealed, rotate
from souk.monitoring.alerts.delivering import secret_context
from souk.monitoring.models import Webhook
from souk.parties.accounts import MfaAdapter
from souk.provisioning.models import Binding, Ensemble, Export, Repository, WarmMachine
from souk.provisioning.reconciler.actions.exports import sealing
from souk.sites.models import CertificateAuthority

PLACES = [
    Sealed("master", Binding, "sealed_password", lambda row: f"binding:{row.instance_id}:{row.name}"),
    Sealed("master", Binding, "sealed_next_password", lambda row: f"binding:{row.instance_id}:{row.name}"),
    Sealed("identity", Webhook, "sealed_secret", lambda row: secret_context(row.id)),
    Sealed("master", Repository, "sealed_secret_key", lambda row: f"repository:{row.instance_id}:key"),
    Sealed("master", Repository, "sealed_passphrase", lambda row: f"repository:{row.instance_id}:passphrase"),
    Sealed("master", Export, "sealed_passphrase", lambda row: sealing(row.id)),
    Sealed("master", Ensemble, "sealed_password", lambda row: f"ensemble:{row.instance_id}:password"),
    Sealed("master", Ensemble, "sealed_secret", lambda row: f"ensemble:{row.instance_id}:secret"),
    Sealed("master", WarmMachine, "sealed_password", lambda row: f"warm:{row.id}"),
    Sealed("master", Intake, "sealed_private", lambda _: intake.CONTEXT),
    Sealed("identity", Broker, "sealed_usage_secret", lambda row: usage_context(row.id)),
    Sealed("master", CertificateAuthority, "sealed_key", lambda row: f"ca:{row.site_id}"),
]
#: Where django-allauth keeps what our adapter sealed for it: seeds of one-time codes and of recovery codes.
FACTOR_FIELDS = ("secret", "seed")


class Command(BaseCommand):
    """Seals services' passwords, authorities' keys and people's second factors under their rings' active keys."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate(PLACES) + self._factors()} values sealed anew")

    def _factors(self) -> int:
        adapter, changed = MfaAdapter(), 0
        for key in Authenticator.objects.values_list("pk", flat=True):
            with transaction.atomic():
                factor = Authenticator.objects.select_for_update().get(pk=key)
                for field in set(FACTOR_FIELDS) & set(factor.data):
                    factor.data[field] = adapter.encrypt(adapter.decrypt(factor.data[field]))
                    changed += 1
                factor.save(update_fields=["data"])
        return changed
