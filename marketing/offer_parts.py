"""What of offers stands elsewhere: what merging two customers does to them."""

from customers.merging import STAYS, Part, register_part

WHY = "A redemption is counted under the number it was made for; what a customer has is read through all their numbers."


def register() -> None:
    for model in ("Redemption", "Coupon", "CustomerUse", "RedPacketShare"):
        register_part(Part(f"marketing.{model}", "customer", STAYS, why=WHY))
