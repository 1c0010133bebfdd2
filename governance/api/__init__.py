from governance.api.policies import AttestationViewSet, PolicyViewSet

ROUTES = [("policies", PolicyViewSet, "policy"), ("attestations", AttestationViewSet, "attestation")]
