"""In which language somebody wrote, as far as a few signs tell."""

import re

HAN = re.compile(r"[\u3400-\u9fff]")
OF_HANT = frozenset(
    "這們個為會對時來說請問帳戶餘額貸還錢聯繫謝沒發過後點裡嗎寫開關從給經業務間題國實現無應該讓與號碼銀貴員處"
)
OF_HANS = frozenset(
    "这们个为会对时来说请问账户余额贷还钱联系谢没发过后点里吗写开关从给经业务间题国实现无应该让与号码银贵员处"
)


def language_of(text: str, default: str = "") -> str:
    """Return `zh-hant`, `zh-hans` or `en`; `default` where the text says too little.

    >>> language_of("請問我的帳戶為什麼不能轉帳"), language_of("请问我的账户为什么不能转账"), language_of("42")
    ('zh-hant', 'zh-hans', '')
    """
    text = text[:2_000]
    han = len(HAN.findall(text))
    letters = sum(sign.isascii() and sign.isalpha() for sign in text)
    if han * 3 > letters and han:
        hant = sum(sign in OF_HANT and sign not in OF_HANS for sign in text)
        hans = sum(sign in OF_HANS and sign not in OF_HANT for sign in text)
        return "zh-hant" if hant > hans else "zh-hans" if hans else default or "zh-hans"
    return "en" if letters >= 12 else default
