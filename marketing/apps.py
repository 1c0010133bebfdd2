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
        from customers.merging import MADE_AGAIN, Part, register_part
        from marketing import segment_source

        segment_source.register()
        register_part(
            Part(
                "marketing.SegmentMember",
                "customer",
                MADE_AGAIN,
                why="The next refresh puts the customer that stays in the place of the number that leads to it.",
            )
        )
