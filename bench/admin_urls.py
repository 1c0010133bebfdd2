"""The customer table in Django's admin, twice: as its documentation shows it, and as a careful person would set it up.

Either has fifty rows a page, the same columns and the same filters; the careful one joins what its columns read and
leaves out what no column shows."""

from django.contrib import admin
from django.core.wsgi import get_wsgi_application
from django.urls import path

application = get_wsgi_application()  # before the imports below: they read models

from config.urls import urlpatterns as own  # noqa: E402
from customers.models import Customer  # noqa: E402


class CustomerAdmin(admin.ModelAdmin):
    list_display = [
        "reference",
        "name",
        "identity_number",
        "risk_level",
        "status",
        "city",
        "balance",
        "currency",
        "lifecycle",
        "last_on",
        "relationship_owner",
    ]
    list_filter = ["kind", "risk_level", "status", "portrait__lifecycle"]
    list_per_page = 50
    ordering = ["-id"]

    def has_view_permission(self, request, obj=None):
        return True

    def balance(self, customer):
        return customer.portrait.balance

    def lifecycle(self, customer):
        return customer.portrait.get_lifecycle_display()

    def last_on(self, customer):
        return customer.portrait.last_on


class CarefulAdmin(CustomerAdmin):
    list_select_related = ["portrait", "relationship_owner"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search", "address", "email", "phone")


class Site(admin.AdminSite):
    def has_permission(self, request):
        return request.user.is_authenticated


stock, careful = Site(name="admin"), Site(name="careful")
stock.register(Customer, CustomerAdmin)
careful.register(Customer, CarefulAdmin)
urlpatterns = [path("admin/", stock.urls), path("careful/", careful.urls), *own]
