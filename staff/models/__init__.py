from staff.models.changes import Approval, ChangeRequest, ChangeState, Verdict
from staff.models.jobs import Job, JobState
from staff.models.notifications import Notification, NotificationKind, NotificationPreference
from staff.models.people import Team, Theme, User
from staff.models.policies import ChangePolicy, Delegation, GuardLift
from staff.models.saved_views import Audience, SavedView
from staff.models.sessions import SessionEnd, UserSession
from staff.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "Approval",
    "Audience",
    "ChangePolicy",
    "ChangeRequest",
    "ChangeState",
    "Delegation",
    "GuardLift",
    "Job",
    "JobState",
    "Notification",
    "NotificationKind",
    "NotificationPreference",
    "SavedView",
    "SessionEnd",
    "Team",
    "Theme",
    "User",
    "UserSession",
    "Verdict",
]
