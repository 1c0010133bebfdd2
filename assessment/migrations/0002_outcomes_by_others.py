from django.db import migrations

# As in 0001, and of whoever ran the panel as well: they chose its experts.
GUARD = """
CREATE OR REPLACE FUNCTION assessment_guard_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'The outcome of a forecast is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM public.assessment_panelitem AS item
                 JOIN public.assessment_panel AS panel ON panel.id = item.panel_id
            LEFT JOIN public.assessment_panelseat AS seat
                   ON seat.panel_id = item.panel_id AND seat.expert_id = NEW.recorded_by_id
                WHERE item.id = NEW.item_id AND (panel.facilitator_id = NEW.recorded_by_id OR seat.id IS NOT NULL)) THEN
        RAISE EXCEPTION 'The outcome of a forecast is recorded by somebody who was not on the panel and did not run it.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FORMER = """
CREATE OR REPLACE FUNCTION assessment_guard_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'The outcome of a forecast is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM public.assessment_panelitem AS item
                 JOIN public.assessment_panelseat AS seat ON seat.panel_id = item.panel_id
                WHERE item.id = NEW.item_id AND seat.expert_id = NEW.recorded_by_id) THEN
        RAISE EXCEPTION 'The outcome of a forecast is recorded by somebody who was not on the panel.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_panels")]

    operations = [migrations.RunSQL(GUARD, FORMER)]
