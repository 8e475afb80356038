"""Walls of the money's tables, what may never change in them, and the balance that the database itself keeps."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.walls import append_only, wall

BALANCE = """
create function souk_ledger_balanced() returns trigger language plpgsql as $$
begin
    if exists (select 1 from billing_ledgerentry where transaction_id = new.transaction_id
               group by currency having sum(amount_minor) <> 0) then
        raise exception 'ledger transaction % does not balance', new.transaction_id
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger ledger_entry_balanced after insert or update on billing_ledgerentry
    deferrable initially deferred for each row execute function souk_ledger_balanced();
"""

DROP = "drop trigger ledger_entry_balanced on billing_ledgerentry; drop function souk_ledger_balanced();"


class Migration(Migration):
    dependencies = [("billing", "0001_initial"), ("kernel", "0002_walls")]

    operations = [
        wall("billing_ratedline"),
        append_only("billing_ratedline"),
        wall("billing_invoice"),
        append_only("billing_invoice", updatable=("pdf_id", "xml_id")),
        wall("billing_invoiceline"),
        append_only("billing_invoiceline"),
        wall("billing_payment"),
        append_only("billing_payment"),
        wall("billing_allocation"),
        append_only("billing_allocation"),
        wall("billing_ledgertransaction", "false"),
        append_only("billing_ledgertransaction"),
        wall("billing_ledgerentry"),
        append_only("billing_ledgerentry"),
        RunSQL(BALANCE, DROP),
    ]
