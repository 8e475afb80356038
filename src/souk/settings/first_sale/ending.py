"""What the administrator is told at the end: where the console is, who may sign in, what to try next."""

from __future__ import annotations

from django.utils.translation import gettext as _

from souk.settings.first_sale.journal import Journal
from souk.settings.first_sale.sign_ins import SignIns
from souk.settings.first_sale.telling import Telling


def tell(telling: Telling, journal: Journal, sign_ins: SignIns) -> None:
    """Print it."""
    labels = {"operator": _("Operator"), "vendor": _("Vendor"), "customer": _("Customer")}
    telling.say()
    telling.say("  " + _("The whole story: %(path)s") % {"path": journal.path})
    for kept in ("invoice_pdf", "credit_note_pdf"):
        if kept in journal.paths:
            telling.say(f"  {journal.paths[kept]}")
    telling.say()
    telling.say("  " + _("Console: %(address)s") % {"address": journal.console})
    for role, label in labels.items():
        telling.say(f"    {label:<12}{sign_ins[role].email:<34}{sign_ins[role].password}")
    telling.say("  " + _("These sign-ins are kept in %(path)s, for root only.") % {"path": sign_ins.path})
    telling.say()
    telling.say("  " + _("What to try next:"))
    for line in _next(journal, sign_ins["customer"].email):
        telling.say(f"    {line}")


def _next(journal: Journal, email: str) -> list[str]:
    programs = journal.path.parent / "bin"
    return [
        *([f'export PATH="{programs}:$PATH"'] if programs.is_dir() else []),
        f"souk login {journal.console.rstrip('/')} --email {email}",
        "souk order postgresql --plan s --region ma-temara --name ma-base --wait",
        "souk connect ma-base",
        "souk-manage doctor",
    ]
