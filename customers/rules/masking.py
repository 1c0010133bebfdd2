"""What a personal value looks like to someone who may not read it.

Every mask is as long as what it hides or shorter, is its own mask, and hides a stated least number of signs: a value
too short to spare them shows less, and at worst nothing but stars. Characters that cannot be seen are dropped first.
Defaults: mobile 3 + 4, resident ID 1 + 2, card 4 + 4, e-mail first letter and domain, address all but its district
(Hutool's conventions; PCI DSS 3.4 allows more of a card).
"""

import re
import unicodedata

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STAR = "*"
COMPOUND_SURNAMES = _words(
    "欧阳 歐陽 司马 司馬 上官 夏侯 诸葛 諸葛 闻人 聞人 东方 東方 赫连 赫連 皇甫 尉迟 尉遲 公羊 澹台 澹臺 "
    "公冶 宗政 濮阳 濮陽 淳于 单于 單于 太叔 申屠 公孙 公孫 仲孙 仲孫 轩辕 軒轅 令狐 钟离 鍾離 宇文 长孙 "
    "長孫 慕容 鲜于 鮮于 闾丘 閭丘 司徒 司空 司寇 亓官 仉督 子车 子車 颛孙 顓孫 端木 巫马 巫馬 公西 漆雕 "
    "乐正 樂正 壤驷 壤駟 公良 拓跋 夹谷 夾谷 宰父 谷梁 穀梁 段干 百里 呼延 东郭 東郭 南门 南門 羊舌 微生 "
    "公户 公戶 公玉 公仪 公儀 梁丘 公仲 公上 公门 公門 公山 公坚 公堅 左丘 公伯 西门 西門 公祖 第五 公乘 "
    "贯丘 貫丘 公皙 南荣 南榮 东里 東里 东宫 東宮 仲长 仲長 子书 子書 子桑 即墨 达奚 達奚 褚师 褚師 独孤 "
    "獨孤 纳兰 納蘭 叶赫 葉赫 完颜 完顏 耶律 南宫 南宮 东门 東門 万俟 萬俟 张简 張簡 范姜"
)
LEGAL_FORMS = _words(
    "有限责任公司 有限責任公司 股份有限公司 有限公司 股份公司 集团公司 集團公司 分公司 公司 "
    "集团 集團 合伙企业 合夥企業 有限合伙 有限合夥 事务所 事務所 合作社 "
    "商行 工作室 经营部 經營部 商店 基金会 基金會"
)
LEGAL_WORDS = _words("ltd limited inc incorporated llc llp plc corp corporation company co gmbh ag bv nv sa sarl pty")
AREA_CODE = re.compile(r"(\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ -]?)(.*)", re.DOTALL)

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\s·•‧・]+")
_DOMAIN = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_DISTRICT = re.compile(r"(?:.{2,8}自治[区區])?[^0-9路街号號]{1,20}?(?<![小社园園校厂廠])[区區县縣旗]")
_CITY = re.compile(r"(?:.{1,10}?(?:省|自治[区區]))?[^0-9路街号號市]{1,8}市(?:[^0-9路街号號市]{1,4}市)?")
_COMPOUND = frozenset(COMPOUND_SURNAMES)
_SEPARATORS = frozenset(" -().+/")


def _visible(text: object) -> str:
    signs = text if isinstance(text, str) else ""
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] != "C").strip()


def _shown(length: int, head: int, tail: int, least: int) -> tuple[int, int]:
    """Return how many signs stay at either end when at least `least` are hidden: the head gives way first."""
    spare = max(0, length - least)
    if spare >= head + tail:
        return head, tail
    kept_tail = min(tail, (spare + 1) // 2)
    return min(head, spare - kept_tail), kept_tail


def _keep(text: str, *, head: int, tail: int, least: int, through: frozenset[str] = frozenset()) -> str:
    """Star every sign but the first `head` and last `tail`; signs of `through` stay and do not count."""
    counted = [position for position, sign in enumerate(text) if sign not in through]
    first, last = _shown(len(counted), head, tail, least)
    signs = list(text)
    for position in counted[first : len(counted) - last]:
        signs[position] = STAR
    return "".join(signs)


def _calling_code(text: str) -> str:
    """Return the `+86` that a number starts with, or an empty string; calling codes are free of each other's
    prefixes."""
    lengths = (1, 2, 3) if text.startswith("+") else ()
    codes = (text[: length + 1] for length in lengths if re.fullmatch(r"[0-9]+", text[1 : length + 1]))
    return next((code for code in codes if int(code[1:]) in COUNTRY_CODE_TO_REGION_CODE), "")


def mask_phone(text: str | None) -> str:
    """Return `180****1999`: the first three and last four digits, at least four hidden; a calling code stays before
    them."""
    number = _visible(text)
    code = _calling_code(number)
    return code + _keep(number[len(code) :], head=3, tail=4, least=4, through=_SEPARATORS)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign not in _SEPARATORS)


def mask_landline(text: str | None) -> str:
    """Return `0915*****79`: the area code and the last two digits, at least four hidden.

    What would not leave four digits to hide behind an area code is not taken for one.
    """
    number = _visible(text)
    match = AREA_CODE.fullmatch(number)
    area, rest = match.groups() if match and len(_digits(match[2])) >= 4 else ("", number)
    return area + _keep(rest, head=0, tail=2, least=4, through=_SEPARATORS)


def mask_resident_id(text: str | None) -> str:
    """Return `5***************1X`: the first sign and the last two, at least five hidden; for any identity document."""
    return _keep(_visible(text), head=1, tail=2, least=5)


def mask_card(text: str | None) -> str:
    """Return `6222 **** **** 0123`: the first and last four digits in groups of four; a card shorter than 12 shows
    less."""
    digits = re.sub(r"[\s-]", "", _visible(text))
    if len(digits) < 12:
        return _keep(digits, head=0, tail=4, least=8)
    stars = STAR * (len(digits) - 8)
    return " ".join([digits[:4], *(stars[start : start + 4] for start in range(0, len(stars), 4)), digits[-4:]])


def mask_email(text: str | None) -> str:
    """Return `d********@126.com`: the first letter and the domain; text without a real domain is all stars."""
    address = _visible(text)
    local, _, domain = address.rpartition("@")
    if not local or not _DOMAIN.fullmatch(domain):
        return STAR * len(address)
    return f"{_initial(local)}@{domain}"


def _initial(word: str) -> str:
    return word[0] + STAR * (len(word) - 1) if len(word) > 1 else STAR * len(word)


def mask_name(text: str | None) -> str:
    """Return a name by its surname (`欧阳**`, `段**`), a Latin or dotted one by initials, a company by initial and
    legal form.

    A name of one character is a star, because a surname alone would be all of it.

    """
    name = _visible(text)
    form = next((form for form in LEGAL_FORMS if name.endswith(form) and len(name) > len(form)), "")
    if form:
        return _star_words(name[: -len(form)]) + form
    if _HAN.search(name) and not _LATIN.search(name) and len(_WORD.findall(name)) == 1:
        surname = 2 if name[:2] in _COMPOUND and len(name) > 2 else 1
        return name[:surname] + STAR * (len(name) - surname) if len(name) > 1 else STAR
    return _star_words(name)


def _star_words(name: str) -> str:
    """Star words down to their initials; where no alphabet tells words apart, only the first keeps its initial."""
    han = _HAN.search(name) is not None and _LATIN.search(name) is None

    def star(word: re.Match[str]) -> str:
        if word.start() and word.group().strip(".,").lower() in LEGAL_WORDS:
            return word.group()
        if han and word.group() != name:
            return STAR * len(word.group()) if word.start() else name[0] + STAR * (word.end() - 1)
        return _initial(word.group())

    return _WORD.sub(star, name)


def mask_address(text: str | None, *, hidden: int = 8) -> str:
    """Return an address down to its district: at least the last `hidden` signs are stars.

    Where a district, county or banner is named, or else a city, no more than one sign after it stays. Addresses not in
    Chinese begin with the house, so nothing of them stays.
    """
    address = _visible(text)
    if not _HAN.search(address):
        return STAR * len(address)
    district = _DISTRICT.match(address) or _CITY.match(address)
    shown = max(0, len(address) - hidden)
    shown = min(shown, district.end() + 1) if district else shown
    return address[:shown] + STAR * (len(address) - shown)


_ALONE = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_IN_TEXT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?)"
    r"|(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<email>[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)"
    rf"|{_ALONE[0]}(?P<resident>\d{{17}}[\dXx]){_ALONE[1]}"
    rf"|{_ALONE[0]}(?P<card>\d(?:[ -]?\d){{11,18}}){_ALONE[1]}"
    rf"|{_ALONE[0]}(?P<phone>\+?\d(?:[ -]?\d){{7,}}){_ALONE[1]}"
)


def mask_in_text(text: str | None) -> str:
    """Return free text with e-mail addresses, identity, card and telephone numbers (eight digits and more) masked; days
    stay.
    """
    masks = {"email": mask_email, "resident": mask_resident_id, "card": mask_card, "phone": mask_phone}

    def masked(found: re.Match[str]) -> str:
        mask = masks.get(str(found.lastgroup))
        return mask(found.group()) if mask else found.group()

    return _IN_TEXT.sub(masked, text or "")


def replace_name(text: str, name: str | None) -> str:
    """Return free text in which `name` stands as its mask; a name of one sign is left, it would hit other words."""
    return text.replace(name, mask_name(name)) if name and len(name) > 1 else text
