"""Machines that wait ready for an order: kept in number, and taken by whoever orders first."""

from souk.provisioning.reconciler.warm.keeping import keep
from souk.provisioning.reconciler.warm.taking import begin

__all__ = ["begin", "keep"]
