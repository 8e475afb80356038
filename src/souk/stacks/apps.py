from django.apps import AppConfig


class StacksConfig(AppConfig):
    name = "souk.stacks"
    label = "stacks"
