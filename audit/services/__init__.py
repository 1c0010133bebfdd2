"""How a service says what it does. Triggers write the changes; this names them, and records what no trigger sees."""

from audit.services.acts import end_approval, name_act
from audit.services.events import emit, record_batch

__all__ = ["emit", "end_approval", "name_act", "record_batch"]
