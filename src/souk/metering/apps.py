from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "souk.metering"
    label = "metering"
