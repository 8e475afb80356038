"""The ground: regions, sites, their legal issuers, racks, power domains and hosts."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row


class LegalIssuer(Row):
    """The legal person that sells and invoices from a site: an organization of the operator's."""

    organization_id = models.UUIDField(unique=True)
    short_name = models.CharField(max_length=40)
    invoice_prefix = models.CharField(max_length=8)
    currency = models.CharField(max_length=3, default="MAD")


class Region(Row):
    """Where a customer orders: one or more sites of one issuer."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    issuer = models.ForeignKey(LegalIssuer, on_delete=models.PROTECT, related_name="regions")


class Site(Row):
    """A building with racks, a fiscal time zone and an engine.

    Its machines have their addresses in `subnet`; private networks are cut out of `private_range`, clear of what its
    hosts were seen to reach (`occupied`), both in CIDR notation.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    fiscal_zone = models.CharField(max_length=40, default="Africa/Casablanca")
    subnet = models.GenericIPAddressField(protocol="IPv4")
    prefix_length = models.PositiveSmallIntegerField(default=24)
    domain = models.CharField(max_length=120)
    private_range = models.CharField(max_length=18, default="10.192.0.0/10", db_default="10.192.0.0/10")
    occupied = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    engine_checked_at = models.DateTimeField(null=True)
    engine_available = models.BooleanField(default=False)


class PowerDomain(Row):
    """Racks that lose power together."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="power_domains")
    name = models.CharField(max_length=60)


class Rack(Row):
    """A rack of a site, fed from one or two power domains."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="racks")
    name = models.CharField(max_length=60)
    power_domain = models.ForeignKey(PowerDomain, on_delete=models.PROTECT, related_name="racks")


class Host(Row):
    """A cluster member of a site's engine, with what it has; sizes in bytes.

    The overcommit factors say how much may be promised for each unit that is there. One that the operator has closed
    takes no new machine, nor does one whose machines are not `reachable` over the site's network. What is seen of one
    that is offline is what was seen last.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="hosts")
    rack = models.ForeignKey(Rack, on_delete=models.PROTECT, related_name="hosts")
    name = models.CharField(max_length=80)
    online = models.BooleanField(default=True)
    open = models.BooleanField(default=True, db_default=True)
    reachable = models.BooleanField(default=True, db_default=True)
    vcpus = models.PositiveIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    vcpu_overcommit = models.DecimalField(max_digits=5, decimal_places=2, default=8)
    memory_overcommit = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    disk_overcommit = models.DecimalField(max_digits=5, decimal_places=2, default=2)
    observed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="host_once")]


class CertificateAuthority(Row):
    """A site's own authority, which signs the certificates of its endpoints. The key is sealed under `master`."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="authority")
    certificate = models.TextField()
    sealed_key = models.BinaryField()
    expires_at = models.DateTimeField()


class Capacity(models.Model):
    """What a site may promise and has promised; an order adds to it by compare-and-set. Memory and disk in bytes."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="capacity")
    vcpu_limit = models.BigIntegerField(default=0)
    memory_limit = models.BigIntegerField(default=0)
    disk_limit = models.BigIntegerField(default=0)
    vcpus = models.BigIntegerField(default=0)
    memory = models.BigIntegerField(default=0)
    disk = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vcpus__gte=0, memory__gte=0, disk__gte=0),
                name="capacity_promise_not_negative",
            )
        ]
