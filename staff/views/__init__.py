from staff.views import access, jobs, notifications, people, profile, saved_views, teams

__all__ = ["access", "jobs", "notifications", "people", "profile", "saved_views", "teams"]
