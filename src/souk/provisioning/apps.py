from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    name = "souk.provisioning"
    label = "provisioning"
