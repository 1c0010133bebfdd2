from identification.models.maps import (
    ElementControl,
    ElementKind,
    ElementRisk,
    MapElement,
    MapState,
    ProcessMap,
    ProcessMapVersion,
)

__all__ = [
    "ElementControl",
    "ElementKind",
    "ElementRisk",
    "MapElement",
    "MapState",
    "ProcessMap",
    "ProcessMapVersion",
]
