from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "souk.parties"
    label = "parties"
