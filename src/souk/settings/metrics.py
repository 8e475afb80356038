"""What Souk counts of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import Histogram

REQUESTS = Histogram(
    "souk_request_seconds",
    "Time to answer a request, in seconds",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
