from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "souk.billing"
    label = "billing"
