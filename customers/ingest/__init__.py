"""How files and REST batches become customers, accounts, loans and transactions. `docs/ingest.md` tells the story.

`AFTER_BATCH` is where an upper room says that it wants to hear of new transactions:

    from customers.ingest import AFTER_BATCH
    AFTER_BATCH.append(check_limits)          # in the room's AppConfig.ready

Each callable is given a `Batch` inside the transaction that adds its rows: what it writes is kept exactly if the rows
are. It must not commit, and it should be one set-based statement over the temporary table that the batch names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Batch:
    """New transactions, as they stand in the temporary table `rows_in` (columns of `customers_transaction` without
    `id`).
    """

    run_id: int
    source_id: int
    rows: int
    first_day: date
    last_day: date
    rows_in: str = "ingest_fresh"


AFTER_BATCH: list[Callable[[Batch], None]] = []

__all__ = ["AFTER_BATCH", "Batch"]
