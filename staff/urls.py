from django.urls import path

from staff.views import access, jobs, notifications, people, profile, saved_views, teams

app_name = "staff"
urlpatterns = [
    path("people/", people.user_list, name="user_list"),
    path("people/new/", people.user_create, name="user_create"),
    path("people/<int:pk>/", people.user_detail, name="user_detail"),
    path("people/<int:pk>/change/", people.user_change, name="user_change"),
    path("people/<int:pk>/deactivate/", people.user_deactivate, name="user_deactivate"),
    path("people/<int:pk>/activate/", people.user_activate, name="user_activate"),
    path("people/<int:pk>/invite/", people.user_invite, name="user_invite"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/new/", teams.team_create, name="team_create"),
    path("teams/<int:pk>/", teams.team_detail, name="team_detail"),
    path("teams/<int:pk>/change/", teams.team_change, name="team_change"),
    path("access/", access.access_matrix, name="access_matrix"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/restart/", jobs.job_restart, name="job_restart"),
    path("jobs/<int:pk>/result/", jobs.job_result, name="job_result"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/menu/", notifications.notification_menu, name="notification_menu"),
    path("notifications/read/", notifications.notification_read_all, name="notification_read_all"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read/", notifications.notification_read, name="notification_read"),
    path("views/", saved_views.saved_view_list, name="saved_view_list"),
    path("views/new/", saved_views.saved_view_create, name="saved_view_create"),
    path("views/<int:pk>/change/", saved_views.saved_view_change, name="saved_view_change"),
    path("views/<int:pk>/delete/", saved_views.saved_view_delete, name="saved_view_delete"),
    path("profile/", profile.profile, name="profile"),
    path("profile/preferences/", profile.preferences, name="preferences"),
    path("profile/notifications/", profile.notification_preferences, name="notification_preferences"),
    path("profile/tokens/", profile.token_create, name="token_create"),
    path("profile/tokens/<int:pk>/revoke/", profile.token_revoke, name="token_revoke"),
]
