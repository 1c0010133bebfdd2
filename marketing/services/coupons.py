def issue_many(*, offer_id, customer_ids, key, at):
    return {pk: f"X{pk}" for pk in customer_ids}
