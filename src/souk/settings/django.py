"""Django's settings: the only place that wires everything. A process is `web`, `worker` or `owner`."""

from __future__ import annotations

import os
from datetime import timedelta
from ipaddress import IPv4Network, ip_network

from django.utils.translation import gettext_lazy as _

from souk.settings import namespace as _namespace
from souk.settings.database import databases
from souk.settings.locales import blueprint_locales

NAMESPACE = _namespace.current()
PROCESS = os.environ.get("SOUK_PROCESS", "owner")
SIMULATION = os.environ.get("SOUK_ENGINE") == "memory"
SOUK_SIMULATION = SIMULATION
DEBUG = os.environ.get("SOUK_DEBUG") == "1"
DELETION_GRACE = timedelta(days=float(os.environ.get("SOUK_DELETION_GRACE_DAYS", "7")))
"""How long a deleted service can be recovered before it is erased."""
BACKUP_EVERY = timedelta(hours=float(os.environ.get("SOUK_BACKUP_HOURS", "24")))
"""How often each service that holds data is backed up by itself."""
OBJECT_STORAGE = os.environ.get("SOUK_OBJECT_STORAGE", "own")
"""Where backups go: `own`, a server that the platform runs for itself on each site; `s3`, one that somebody else runs
(`S3`); or `none`: no backups."""
S3 = {
    "endpoint": os.environ.get("SOUK_S3_ENDPOINT", ""),
    "region": os.environ.get("SOUK_S3_REGION", "us-east-1"),
    "bucket": os.environ.get("SOUK_S3_BUCKET", ""),
    "folder": os.environ.get("SOUK_S3_FOLDER", NAMESPACE.name).strip("/"),
    "address": os.environ.get("SOUK_S3_ADDRESS", ""),
    "key_file": os.environ.get("SOUK_S3_KEY_FILE", ""),
    "ca_file": os.environ.get("SOUK_S3_CA_FILE", ""),
    "iam": os.environ.get("SOUK_S3_IAM", ""),
}
"""The S3 outside (`souk.provisioning.storage.Outside`)."""
WARM_LEAST = int(os.environ.get("SOUK_WARM_LEAST", "1"))
WARM_MOST = int(os.environ.get("SOUK_WARM_MOST", "4"))
"""How many machines of the smallest plan wait ready for orders from the beginning, and how many of any size at most."""
WEBHOOKS_IN_THE_CLEAR = os.environ.get("SOUK_WEBHOOKS_IN_THE_CLEAR") == "1"
"""Whether alerts are also sent to plain http addresses."""
WEBHOOK_NETWORKS = [ip_network(each) for each in os.environ.get("SOUK_WEBHOOK_NETWORKS", "").split(",") if each]
"""Private networks that alerts may be sent into all the same, such as the operator's own."""
BROKERS_IN_THE_CLEAR = os.environ.get("SOUK_BROKERS_IN_THE_CLEAR") == "1"
"""Whether vendors' brokers may be called by http, too: for trying things out."""
BROKER_NETWORKS = [ip_network(each) for each in os.environ.get("SOUK_BROKER_NETWORKS", "").split(",") if each]
"""Private networks that vendors' brokers may be in all the same, such as a partner's behind a tunnel."""
PRIVATE_RANGE = str(IPv4Network(os.environ.get("SOUK_PRIVATE_RANGE", "10.192.0.0/10")))
"""What customers' private networks are cut out of, on every site."""
DNS_RESOLVERS = [each for each in os.environ.get("SOUK_DNS_RESOLVERS", "").split(",") if each]
"""Who is asked whether a customer controls a name: addresses, with `#PORT` unless 53. None: whom the system asks."""
ACME = {
    "directory": os.environ.get("SOUK_ACME_DIRECTORY", ""),
    "ca_file": os.environ.get("SOUK_ACME_CA_FILE", ""),
    "contact": os.environ.get("SOUK_ACME_CONTACT", ""),
    "key_id": os.environ.get("SOUK_ACME_KEY_ID", ""),
    "key_file": os.environ.get("SOUK_ACME_KEY_FILE", ""),
}
"""Who issues certificates for customers' own names (`souk.provisioning.acme`); without a directory nobody does."""
ROTATION_OVERLAP = timedelta(hours=float(os.environ.get("SOUK_ROTATION_OVERLAP_HOURS", "24")))
"""How long former credentials work on after a rotation, unless asked for otherwise."""


def _secret_key() -> str:
    path = NAMESPACE.keys / "django-secret.key"
    try:
        return path.read_text().strip()
    except OSError:
        if PROCESS == "web":
            raise
        return "not-a-secret: this process signs nothing"


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("SOUK_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(("127.", "localhost", "["))]
BEHIND_TLS = os.environ.get("SOUK_BEHIND_TLS") == "1"

INSTALLED_APPS = [
    "souk.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "souk.kernel",
    "souk.parties",
    "souk.sites",
    "souk.catalog",
    "souk.provisioning",
    "souk.monitoring",
    "souk.ordering",
    "souk.metering",
    "souk.billing",
    "souk.brokers",
    "souk.stacks",
    "souk.doors.console",
    "souk.doors.osb",
    "souk.settings",
]

MIDDLEWARE = [
    "souk.settings.middleware.observe",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "souk.settings.middleware.api_shortcut",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "souk.settings.middleware.problems",
]

ROOT_URLCONF = "souk.settings.urls"
WSGI_APPLICATION = "souk.settings.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "souk.ui.context.console",
            ],
        },
    }
]
SOUK_SHELL = "souk.doors.console.shell.shell"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = databases(NAMESPACE, PROCESS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "souk.parties.accounts.AccountAdapter"
ACCOUNT_FORMS = {"signup": "souk.parties.forms.SignUpForm"}
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "souk.parties.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Souk"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS
EMAIL_BACKEND = os.environ.get("SOUK_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(NAMESPACE.state / "mail")
EMAIL_HOST = os.environ.get("SOUK_SMTP_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("SOUK_FROM_EMAIL", f"souk@{NAMESPACE.domain}")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SESSION_COOKIE_NAME = f"souk_{NAMESPACE.name}"
CSRF_COOKIE_NAME = f"souk_csrf_{NAMESPACE.name}"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "souk.ui.handlers.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("ar", _("Arabic")), ("en", _("English"))]
LOCALE_PATHS = blueprint_locales()
LANGUAGE_COOKIE_NAME = f"souk_language_{NAMESPACE.name}"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Casablanca"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING_CONFIG = "souk.settings.logs.configure"
LOGGING = {"level": os.environ.get("SOUK_LOG_LEVEL", "INFO"), "process": PROCESS}

PROCRASTINATE_ON_APP_READY = "souk.settings.jobs.on_app_ready"
