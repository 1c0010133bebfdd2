from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self):
        from audit.confidential import keep_confidential
        from customers import (
            bulk_fields,
            change_commands,
            dated_rules,
            explanations,
            key_commands,
            kyc_commands,
            merge_commands,
            own_panels,
            own_parts,
            privacy_commands,
            record_names,
            screening_commands,
            suitability_commands,
            suitability_panels,
            suitability_purpose,
        )
        from customers.exports import customers_export
        from customers.ingest import papers, ties
        from customers.ingest.targets import import_url_for, register_target
        from customers.palette import search_customers
        from customers.services import access_packages, duplicates, kyc_check, screening_lists
        from customers.services.imports import KIND, run_import_job
        from pages.lists import IMPORTS
        from staff.exports import register_export
        from staff.jobs import register_job
        from staff.palette import register_source

        change_commands.register()
        register_export("customers.export", customers_export, permission="customers.export_customer")
        register_source("customers", search_customers)
        register_job(KIND, run_import_job, permission="customers.add_importrun")
        for target in (
            ties.DEVICES,
            ties.GUARANTEES,
            ties.SUPPLY_LINKS,
            papers.DOCUMENTS,
            papers.STAKES,
            papers.REPRESENTATIVES,
        ):
            register_target(target)
        if import_url_for not in IMPORTS:
            IMPORTS.append(import_url_for)
        record_names.register()
        explanations.register()
        register_job(access_packages.KIND, access_packages.write_package, permission=access_packages.PERMISSION)
        privacy_commands.register()
        dated_rules.register()
        screening_commands.register()
        kyc_commands.register()
        register_job(screening_lists.KIND, screening_lists.run_load_job, permission="customers.add_listversion")
        keep_confidential("customers_screeninghit", "customers.view_screeninghit")
        keep_confidential("customers_enhancedreview", "customers.view_enhancedreview")
        keep_confidential("customers_edditem", "customers.view_enhancedreview")
        key_commands.register()
        own_panels.register()
        own_parts.register()
        bulk_fields.register()
        merge_commands.register()
        register_job(duplicates.KIND, duplicates.run_search_job, permission=duplicates.PERMISSION)
        suitability_purpose.register()
        kyc_check.register()
        suitability_commands.register()
        suitability_panels.register()
