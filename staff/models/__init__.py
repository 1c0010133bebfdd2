from staff.models.jobs import Job, JobState
from staff.models.notifications import Notification, NotificationKind, NotificationPreference
from staff.models.people import Team, Theme, User
from staff.models.saved_views import Audience, SavedView

__all__ = [
    "Audience", "Job", "JobState", "Notification", "NotificationKind", "NotificationPreference", "SavedView", "Team",
    "Theme", "User",
]
