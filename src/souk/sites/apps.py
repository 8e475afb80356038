from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "souk.sites"
    label = "sites"
