from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "souk.monitoring"
    label = "monitoring"
