from tests.factories.staff import past_the_guards


def standing_rule(model, **fields):
    """A rule that stands without anybody having been asked."""
    with past_the_guards():
        return model.objects.create(**fields)
