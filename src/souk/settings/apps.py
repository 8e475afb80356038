from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "souk.settings"
    label = "settings"

    def ready(self) -> None:
        from django.conf import settings

        from souk.settings.engine import configure

        configure(settings.NAMESPACE, settings.PROCESS)
