"""Where a service answers, and how one signs in to it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


class Endpoint(Row):
    """The address and the stable DNS name of a service instance; `names` are others that are in its certificate, and so
    are the name and the address that it has in its private network, if it is in one, and those that the world reaches
    it by, if it does. `identity` is what its machine is recognized by beside that, if by anything, and `told_names`
    stands for what the machine of a web service was last told of its names,
    `told_neighbours` for what that of a load balancer was told of who is in its private network.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.CASCADE, related_name="endpoint")
    hostname = models.CharField(max_length=200, unique=True)
    address = models.GenericIPAddressField(protocol="IPv4")
    port = models.PositiveIntegerField()
    certificate = models.TextField()
    certificate_expires_at = models.DateTimeField()
    names = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    private_hostname = models.CharField(max_length=200, blank=True, db_default="")
    private_address = models.GenericIPAddressField(protocol="IPv4", null=True)
    public_hostname = models.CharField(max_length=200, blank=True, db_default="")
    public_address = models.GenericIPAddressField(protocol="IPv4", null=True)
    identity = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    told_names = models.CharField(max_length=32, blank=True, default="", db_default="")
    told_neighbours = models.CharField(max_length=32, blank=True, default="", db_default="")


class Leads(models.TextChoices):
    """Where a name leads, as the platform's resolver has it: not looked at yet, to the service, to somewhere else, to
    the service by IPv4 but elsewhere by IPv6, nowhere, or DNS gave no answer.
    """

    UNKNOWN = ""
    HERE = "here"
    ELSEWHERE = "elsewhere"
    SPLIT = "split"
    NOWHERE = "nowhere"
    SILENT = "silent"


class OwnName(Row):
    """A DNS name of the customer's own for a service, as DNS has it: lowercase letters, digits, hyphens and dots.

    Whoever can publish the `token` at the name controls it: then it is `proved_at`, and the certificate gets it. A name
    that is proved belongs to one service at a time; one that is not keeps nobody from proving it.

    Of a web service it is looked at when `look_at` comes: where it `leads`, to which addresses (`found`), since when
    not to the service though it did (`strayed_at`), and what became of its certificate, as `contract.Certified` says.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="own_names")
    name = models.CharField(max_length=240)
    token = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    leads = models.CharField(max_length=9, choices=Leads.choices, blank=True, default="", db_default="")
    found = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    strayed_at = models.DateTimeField(null=True)
    certified_until = models.DateTimeField(null=True)
    certificate_reason = models.CharField(max_length=40, blank=True, default="", db_default="")
    certificate_trouble = models.CharField(max_length=300, blank=True, default="", db_default="")
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="own_name_once_for_an_instance",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(removed_at__isnull=True, proved_at__isnull=False),
                name="own_name_proved_once",
            ),
        ]


class Binding(Row):
    """Credentials for a consumer of a service instance, good for a role in a database. The password is sealed under the
    worker's key.

    Further ones work once `granted_at` is set. A rotation first makes the next ones, then puts them in place; those of
    `former_username` work on until `former_until`.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="bindings")
    name = models.CharField(max_length=60)
    username = models.CharField(max_length=63)
    database = models.CharField(max_length=63, blank=True)
    role = models.CharField(max_length=6, default="owner", db_default="owner")
    sealed_password = models.BinaryField()
    created_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    next_username = models.CharField(max_length=63, blank=True, db_default="")
    sealed_next_password = models.BinaryField(null=True)
    rotated_at = models.DateTimeField(null=True)
    former_username = models.CharField(max_length=63, blank=True, db_default="")
    former_until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="binding_name_once",
            )
        ]


class Reveal(Row):
    """A request to see a binding's password: the worker posts it into the asker's one-use box, and it is gone soon."""

    organization_id = models.UUIDField()
    binding = models.ForeignKey(Binding, on_delete=models.CASCADE, related_name="reveals")
    box = models.BinaryField()
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
