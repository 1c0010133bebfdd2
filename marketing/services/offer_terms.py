def signed_terms(offer):
    return {"code": offer.code}
