from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "souk.kernel"
    label = "kernel"
