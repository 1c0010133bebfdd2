from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self):
        from marketing import (
            customer_parts,
            dated_rules,
            offer_commands,
            offer_parts,
            personal_data,
            record_names,
            segment_imports,
            segment_names,
            segment_source,
        )
        from marketing.palette import find_campaigns, find_messages
        from marketing.segment_palette import find_segments
        from marketing.services import experiment_guards, mail_reports
        from staff.palette import register_source

        customer_parts.register()
        segment_imports.register()
        segment_names.register()
        register_source("segments", find_segments)
        segment_source.register()
        experiment_guards.register()
        mail_reports.register()
        dated_rules.register()
        offer_commands.register()
        offer_parts.register()
        personal_data.register()
        record_names.register()
        register_source("campaigns", find_campaigns)
        register_source("messages", find_messages)
