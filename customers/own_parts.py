"""What merging does to the tables of this room."""

from customers.merging import MADE_AGAIN, MOVES, STAYS, Part, register_part

NUMBER = "It is told under the number it was written under; the customer's page reads both."
PARTS = [
    Part("customers.Account", "customer", MOVES, keeps="booked_for"),
    Part("customers.AccountHolder", "customer", MOVES),
    Part("customers.Holding", "customer", MOVES),
    Part("customers.Loan", "customer", MOVES),
    Part("customers.Interaction", "customer", MOVES),
    Part("customers.PrivacyRequest", "customer", MOVES),
    Part("customers.CustomerTag", "customer", MOVES),
    Part("customers.CustomerDevice", "customer", MOVES),
    Part("customers.IdentityDocument", "customer", MOVES),
    Part("customers.KycTask", "customer", MOVES),
    Part("customers.ScreeningHit", "customer", MOVES),
    Part("customers.KycReview", "customer", MOVES),
    Part("customers.EnhancedReview", "customer", MOVES),
    Part("customers.Stake", "customer", MOVES),
    Part("customers.Stake", "holder_customer", MOVES),
    Part("customers.Representative", "customer", MOVES),
    Part("customers.Guarantee", "guarantor", MOVES),
    Part("customers.SupplyLink", "core", MOVES, apart_from="member"),
    Part("customers.SupplyLink", "member", MOVES, apart_from="core"),
    Part("customers.Account", "booked_for", STAYS, "It says under which number movements are booked."),
    Part("customers.Transaction", "customer", STAYS, f"Movements are only ever added. {NUMBER}"),
    Part("customers.DailyActivity", "customer", STAYS, f"It sums up movements. {NUMBER}"),
    Part("customers.Consent", "customer", STAYS, "A word is never changed; the stricter of both holds."),
    Part("customers.CoolingOff", "customer", MOVES),
    Part("customers.SuitabilityResult", "customer", STAYS, "Evidence stays; what the merge carries over of it counts."),
    Part("customers.CarriedAssessment", "customer", STAYS, "It is of its merge, and goes with it."),
    Part("customers.SuitabilityCheck", "customer", STAYS, "It says for whom a purchase was checked."),
    Part("customers.Reveal", "customer", STAYS, "It says whose record was looked at."),
    Part(
        "customers.CallerVerification", "customer", STAYS, "Who proved to be one record's customer did not prove both."
    ),
    Part("customers.KycProfile", "customer", STAYS, "A rating is of one record; the one that stays is rated anew."),
    Part("customers.Erasure", "customer", STAYS, "Who is being erased is not merged."),
    Part("customers.Customer", "merged_into", STAYS, "It says where a number leads."),
    Part("customers.Merge", "survivor", STAYS, "It says what was merged."),
    Part("customers.Merge", "absorbed", STAYS, "It says what was merged."),
    Part("customers.Portrait", "customer", MADE_AGAIN, "Drawn anew for both."),
    Part("customers.ScreeningState", "customer", MADE_AGAIN, "Held against the lists anew."),
    Part("customers.MatchKey", "customer", MADE_AGAIN, "Made anew by the next search."),
    Part("customers.DuplicatePair", "first", MADE_AGAIN, "Found anew by the next search."),
    Part("customers.DuplicatePair", "second", MADE_AGAIN, "Found anew by the next search."),
]


def register() -> None:
    for part in PARTS:
        register_part(part)
