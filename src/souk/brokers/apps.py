from django.apps import AppConfig


class BrokersConfig(AppConfig):
    name = "souk.brokers"
    label = "brokers"
