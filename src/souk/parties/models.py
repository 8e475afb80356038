"""Who takes part: people, organizations, their projects, memberships, invitations, tokens, evidence, bank accounts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from souk.kernel.ids import new_id
from souk.kernel.models import Row


class Segment(models.TextChoices):
    """The four kinds of buyers, each with its own prices, papers and shortest path."""

    TPME = "tpme"
    LARGE_ENTERPRISE = "large_enterprise"
    PUBLIC_BODY = "public_body"
    AUTO_ENTREPRENEUR = "auto_entrepreneur"


class Role(models.TextChoices):
    """What a member may do in an organization."""

    OWNER = "owner"
    ADMIN = "admin"
    BUYER = "buyer"
    BILLING = "billing"
    TECHNICAL = "technical"
    VIEWER = "viewer"


class PersonManager(BaseUserManager["Person"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in; `is_operator` marks the operator's own engineers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=2, default="fr")
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email


class Organization(Row):
    """A company, a public body or a self-employed person that buys, sells or operates."""

    legal_name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=60, blank=True)
    segment = models.CharField(max_length=20, choices=Segment.choices)
    ice = models.CharField(max_length=15, unique=True, null=True)
    tax_id = models.CharField(max_length=20, blank=True)
    trade_register = models.CharField(max_length=30, blank=True)
    trade_register_city = models.CharField(max_length=60, blank=True)
    business_tax = models.CharField(max_length=20, blank=True)
    cnss = models.CharField(max_length=20, blank=True)
    capital_minor = models.BigIntegerField(null=True)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="MA")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    instance_quota = models.PositiveIntegerField(default=20)
    address_quota = models.PositiveIntegerField(default=5, db_default=5)
    is_vendor = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.legal_name


class SizeEvidence(Row):
    """What shows an organization's size class: never a bare flag, always a rule's version and a paper."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="size_evidence")
    size_class = models.CharField(max_length=20)
    rule_key = models.CharField(max_length=80)
    rule_version = models.CharField(max_length=20)
    turnover_minor = models.BigIntegerField(null=True)
    fiscal_year = models.IntegerField(null=True)
    declared_by = models.UUIDField()
    declared_at = models.DateTimeField()
    document_id = models.UUIDField(null=True)


class Project(Row):
    """A folder of an organization's services."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "slug"], name="project_slug_once")]


class Membership(Row):
    """A person's role in an organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "person"], name="membership_once")]


class Invitation(Row):
    """An e-mail address invited into an organization. The link's token is kept as a digest."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    token_digest = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True),
                name="invitation_open_once",
            )
        ]


class ApiToken(Row):
    """A bearer token: shown once, kept as a digest, limited by scopes and expiry."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=8)
    digest = models.BinaryField(unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class BankAccount(Row):
    """Where an organization is paid. RIB of 24 digits in Morocco, or an IBAN."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="bank_accounts")
    holder = models.CharField(max_length=140)
    bank = models.CharField(max_length=100)
    rib = models.CharField(max_length=24, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    created_at = models.DateTimeField()
