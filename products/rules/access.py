from staff.rules.roles import EVERYONE, Role

SHAPERS = frozenset({Role.PRODUCT})

GRANTS = {
    "products.view_product": EVERYONE,
    "products.add_product": SHAPERS,
    "products.change_product": SHAPERS,
    "products.submit_productversion": SHAPERS,
    "products.check_version": frozenset({Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT}),
    "products.move_product": frozenset({Role.PRODUCT, Role.RISK, Role.COMPLIANCE}),
    "products.view_businessline": EVERYONE,
    "products.switch_businessline": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
}
