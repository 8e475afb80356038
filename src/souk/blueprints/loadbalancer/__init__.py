"""Load balancers as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.loadbalancer.blueprint import LoadBalancer

BLUEPRINT = LoadBalancer()
