from django import template

from risk import formats
from risk.response_columns import effectiveness_pill

register = template.Library()
register.filter("reading_of", formats.reading_text)
register.filter("in_unit", formats.value_text)
register.filter("band_pill", formats.band_pill)
register.filter("state_pills", formats.state_pills)
register.filter("is_stale", formats.is_indicator_stale)
register.filter("level_pill", formats.level_pill)
register.filter("effect_pill", effectiveness_pill)
register.filter("review_text", formats.review_text)
register.filter("alert_state", formats.alert_state)
