from identification.api.maps import MapViewSet

ROUTES = [("process-maps", MapViewSet, "process-map")]
