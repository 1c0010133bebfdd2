from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self):
        from customers.merging import MADE_AGAIN, Part, register_part
        from marketing import offer_commands, offer_parts, segment_imports, segment_names, segment_source
        from marketing.segment_palette import find_segments
        from staff.palette import register_source

        segment_source.register()
        segment_imports.register()
        segment_names.register()
        register_source("segments", find_segments)
        register_part(
            Part(
                "marketing.SegmentMember",
                "customer",
                MADE_AGAIN,
                why="The next refresh puts the customer that stays in the place of the number that leads to it.",
            )
        )
        offer_commands.register()
        offer_parts.register()
