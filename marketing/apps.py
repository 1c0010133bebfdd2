from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self):
        from marketing import dated_rules, personal_data, record_names
        from marketing.palette import find_campaigns
        from staff.palette import register_source

        dated_rules.register()
        personal_data.register()
        record_names.register()
        register_source("campaigns", find_campaigns)
