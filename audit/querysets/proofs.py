from __future__ import annotations

from datetime import datetime

from django.db import models


class CheckpointQuerySet(models.QuerySet):
    def newest_first(self) -> CheckpointQuerySet:
        """By size: clocks go back, the log does not."""
        return self.order_by("-size")

    def covering(self, index: int) -> CheckpointQuerySet:
        """Checkpoints that entry `index` stands under, the earliest first."""
        return self.filter(size__gt=index).order_by("size")

    def at_most(self, size: int) -> CheckpointQuerySet:
        """Checkpoints of at most so many entries, the largest first."""
        return self.filter(size__lte=size).order_by("-size")

    def until(self, at: datetime) -> CheckpointQuerySet:
        return self.filter(at__lte=at)

    def anchored(self) -> CheckpointQuerySet:
        """Checkpoints that somebody outside holds too."""
        return self.filter(anchorreceipt__ok=True).distinct()


class ReceiptQuerySet(models.QuerySet):
    def left(self) -> ReceiptQuerySet:
        """Attempts that succeeded."""
        return self.filter(ok=True)

    def newest_first(self) -> ReceiptQuerySet:
        return self.order_by("-id")

    def over(self, index: int) -> ReceiptQuerySet:
        """Receipts for checkpoints that entry `index` stands under, the earliest first."""
        return self.filter(checkpoint_id__gt=index).order_by("checkpoint_id")


class VerificationQuerySet(models.QuerySet):
    def newest_first(self) -> VerificationQuerySet:
        return self.order_by("-id")

    def of_kind(self, kind: str) -> VerificationQuerySet:
        return self.filter(kind=kind)
