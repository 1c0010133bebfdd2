"""The new words of an answer, and the earlier ones that mail programs put below it."""

import re

MOST_LINES = 20_000  # lines that are looked through; a longer text is kept whole
# The line that stands above what is quoted: Gmail, Apple, Outlook, QQ, NetEase, in the three languages.
HEADINGS = [
    re.compile(r"^(On|Am|Le)\b.{4,200}\b(wrote|schrieb|a écrit)\s*:?\s*$"),
    re.compile(r"^(在|于|於)?.{4,200}(写道|寫道|写了|寫了)\s*[：:]?\s*$"),
    re.compile(
        r"^[-_ ]{2,}\s*(Original Message|Original|原始邮件|原始郵件|原邮件|原郵件|转发邮件|轉寄郵件)\s*[-_ ]{2,}\s*$"
    ),
    re.compile(r"^_{20,}\s*$"),
    re.compile(r"^-{5,}\s*Forwarded message\s*-{5,}\s*$", re.IGNORECASE),
]
FIELDS = re.compile(
    r"^\*?(From|Sent|Date|To|Subject|发件人|發件人|寄件者|发送时间|發送時間|日期|收件人|主题|主題|主旨)\*?\s*[：:]"
)
QUOTED = re.compile(r"^\s*>")


def part_quoted(text: str) -> tuple[str, str]:
    """Return what somebody wrote now and what follows from earlier messages; a text that is all quotation stays whole.

    Answers between quoted lines stay together with them: only a quotation that runs to the end is parted.

    >>> part_quoted("Thank you!\\n\\nOn Mon, 2 Nov 2026, Desk wrote:\\n> We have sent it.")
    ('Thank you!', 'On Mon, 2 Nov 2026, Desk wrote:\\n> We have sent it.')
    """
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return text, ""
    cut = min(_heading(lines), _trailing(lines))
    new = "\n".join(lines[:cut]).strip()
    return (new, "\n".join(lines[cut:]).strip()) if new else (text.strip(), "")


def _heading(lines: list[str]) -> int:
    """Return the first line of a heading after which nothing but quotation comes, or the number of lines."""
    quoted = max((number for number, line in enumerate(lines) if QUOTED.match(line)), default=-1)
    said = max((number for number, line in enumerate(lines) if line.strip() and not QUOTED.match(line)), default=-1)
    for number, line in enumerate(lines):
        two = f"{line.strip()} {lines[number + 1].strip()}" if number + 1 < len(lines) else line
        if (
            any(heading.match(line.strip()) for heading in HEADINGS)
            or HEADINGS[0].match(two)
            and line.startswith("On ")
        ):
            # Lines of one's own after quoted ones: the answer is written between them.
            if not said > quoted > number:
                return number
        elif FIELDS.match(line) and sum(bool(FIELDS.match(next_one)) for next_one in lines[number : number + 6]) >= 3:
            return number
    return len(lines)


def _trailing(lines: list[str]) -> int:
    """Return where the quoted lines that end the text begin."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or QUOTED.match(lines[end - 1])):
        end -= 1
    return end if any(QUOTED.match(line) for line in lines[end:]) else len(lines)
