"""Every operation of the API. Written by `souk-manage client`; change the API instead."""

from souk.client.operations.access import Access
from souk.client.operations.alerts import Alerts
from souk.client.operations.backups import Backups
from souk.client.operations.bindings import Bindings
from souk.client.operations.brokers import Brokers
from souk.client.operations.databases import Databases
from souk.client.operations.exports import Exports
from souk.client.operations.invoices import Invoices
from souk.client.operations.logs import Logs
from souk.client.operations.market import Market
from souk.client.operations.monitoring import Monitoring
from souk.client.operations.names import Names
from souk.client.operations.networks import Networks
from souk.client.operations.operator import Operator
from souk.client.operations.orders import Orders
from souk.client.operations.organizations import Organizations
from souk.client.operations.pools import Pools
from souk.client.operations.releases import Releases
from souk.client.operations.services import Services
from souk.client.operations.sessions import Sessions
from souk.client.operations.snapshots import Snapshots
from souk.client.operations.stacks import Stacks
from souk.client.operations.versions import Versions
from souk.client.operations.zones import Zones


class Operations(
    Access,
    Alerts,
    Backups,
    Bindings,
    Brokers,
    Databases,
    Exports,
    Invoices,
    Logs,
    Market,
    Monitoring,
    Names,
    Networks,
    Operator,
    Orders,
    Organizations,
    Pools,
    Releases,
    Services,
    Sessions,
    Snapshots,
    Stacks,
    Versions,
    Zones,
):
    """Every operation of the API."""
