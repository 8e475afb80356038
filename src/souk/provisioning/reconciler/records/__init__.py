"""What the reconciler reads and writes of an instance; each function is one transaction of its own."""

from souk.provisioning.reconciler.records.credentials import answer_reveals, ensure_credentials, record_endpoint
from souk.provisioning.reconciler.records.machines import (
    NoAddress,
    abandon_machine,
    assign_machine,
    machine_subjects,
    note_duties,
    trial_of,
)
from souk.provisioning.reconciler.records.operations import (
    failed_over,
    finish_operations,
    led_by_order,
    log_step,
    resize_refused,
    restart_asked,
)
from souk.provisioning.reconciler.records.outcomes import (
    answered,
    converged,
    counted,
    erased,
    erasure_due,
    found_steady,
    hand_back,
    machine_started,
    set_state,
    troubled,
)
from souk.provisioning.reconciler.records.subjects import RENEW_BEFORE, WORKER, Assigned, Subject, load, machines_of

__all__ = [
    "RENEW_BEFORE",
    "WORKER",
    "Assigned",
    "NoAddress",
    "Subject",
    "abandon_machine",
    "answer_reveals",
    "answered",
    "assign_machine",
    "converged",
    "counted",
    "ensure_credentials",
    "erased",
    "erasure_due",
    "failed_over",
    "finish_operations",
    "found_steady",
    "hand_back",
    "led_by_order",
    "load",
    "log_step",
    "machine_started",
    "machine_subjects",
    "machines_of",
    "note_duties",
    "record_endpoint",
    "resize_refused",
    "restart_asked",
    "set_state",
    "trial_of",
    "troubled",
]
