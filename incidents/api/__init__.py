ROUTES: list[tuple[str, type, str]] = []
