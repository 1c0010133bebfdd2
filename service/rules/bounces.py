"""What a report on a mail says: that it did not arrive, or is late (RFC 3464); that its reader called it spam (RFC 5965)."""

import re
from dataclasses import dataclass

from service.rules.letters import IDS, Letter, plain_id

ACTION = re.compile(r"^Action:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"^Status:\s*(\d\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
DIAGNOSIS = re.compile(r"^Diagnostic-Code:\s*(.{1,400})", re.IGNORECASE | re.MULTILINE)
FEEDBACK = re.compile(r"^Feedback-Type:\s*([a-z-]+)", re.IGNORECASE | re.MULTILINE)
NUMBER = re.compile(r"^Message-ID:\s*(\S.{0,900})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """`is_final`: the mail will not arrive; otherwise it is late. `feedback`: it did arrive, and this is what its reader said of
    it, such as `abuse`."""

    message_ids: list[str]
    is_final: bool
    status: str = ""
    diagnosis: str = ""
    feedback: str = ""

    @property
    def is_complaint(self) -> bool:
        return self.feedback == "abuse"


def read_bounce(letter: Letter) -> Bounce:
    """Read a delivery report; one of no known form counts as final, about every mail that it names."""
    written = "\n".join(letter.report)
    named = [plain_id(found) for found in NUMBER.findall(written)]
    named += letter.refers_to + [plain_id(f"<{one}>") for one in IDS.findall(f"{letter.text}\n{letter.quoted}")[:20]]
    action, feedback = ACTION.search(written), FEEDBACK.search(written)
    status, diagnosis = STATUS.search(written), DIAGNOSIS.search(written)
    return Bounce(
        message_ids=list(dict.fromkeys(named)),
        is_final=not feedback and (not action or action.group(1).lower() == "failed"),
        feedback=feedback.group(1).lower() if feedback else "",
        status=status.group(1) if status else "",
        diagnosis=" ".join(diagnosis.group(1).split()) if diagnosis else "",
    )
