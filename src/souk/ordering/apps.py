from django.apps import AppConfig


class OrderingConfig(AppConfig):
    name = "souk.ordering"
    label = "ordering"
