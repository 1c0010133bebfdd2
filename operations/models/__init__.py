from operations.models.figures import Figure
from operations.models.nightly import NightlyRun, NightlyStep, RunState, StepState

__all__ = ["Figure", "NightlyRun", "NightlyStep", "RunState", "StepState"]
