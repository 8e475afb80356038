"""Where background jobs are gathered for Procrastinate."""

from __future__ import annotations

from procrastinate import App


def on_app_ready(app: App) -> None:
    """Register every context's jobs; called once Django is ready."""
    from souk.billing import jobs as billing
    from souk.kernel import jobs as kernel
    from souk.metering import jobs as metering
    from souk.monitoring import jobs as monitoring
    from souk.sites import jobs as sites

    for room in (kernel, sites, metering, monitoring, billing):
        app.add_tasks_from(room.blueprint, namespace=room.__name__.split(".")[1])
