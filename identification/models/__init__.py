from identification.models.changes import ChangeEntry, ChangeState, RegulatoryChange

__all__ = ["ChangeEntry", "ChangeState", "RegulatoryChange"]
