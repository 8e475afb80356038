"""What the reconciler reads and writes of an instance; each function is one transaction of its own."""

from souk.provisioning.reconciler.records.credentials import answer_reveals, ensure_credentials, record_endpoint
from souk.provisioning.reconciler.records.machines import (
    NoAddress,
    abandon_machine,
    assign_machine,
    exchange_machines,
    machine_subjects,
)
from souk.provisioning.reconciler.records.operations import finish_operations, log_step, resize_refused, restart_asked
from souk.provisioning.reconciler.records.outcomes import (
    converged,
    counted,
    erased,
    erasure_due,
    found_steady,
    hand_back,
    set_state,
    troubled,
)
from souk.provisioning.reconciler.records.subjects import RENEW_BEFORE, WORKER, Assigned, Subject, load, machine_of

__all__ = [
    "RENEW_BEFORE",
    "WORKER",
    "Assigned",
    "NoAddress",
    "Subject",
    "abandon_machine",
    "answer_reveals",
    "assign_machine",
    "converged",
    "counted",
    "ensure_credentials",
    "erased",
    "erasure_due",
    "exchange_machines",
    "finish_operations",
    "found_steady",
    "hand_back",
    "load",
    "log_step",
    "machine_of",
    "machine_subjects",
    "record_endpoint",
    "resize_refused",
    "restart_asked",
    "set_state",
    "troubled",
]
