"""What of this room needs a second pair of eyes."""


def ask_for_erasure(*, actor, privacy_request, at):
    raise NotImplementedError
