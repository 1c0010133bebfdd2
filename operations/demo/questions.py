"""Questionnaires of the demo company, as the surveys room keeps them: three languages each, in `questionnaires/`."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "questionnaires"


def questionnaire(name: str) -> dict[str, Any]:
    """Return the document of a questionnaire by the name of its file."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


DOCUMENT = questionnaire("suitability")
