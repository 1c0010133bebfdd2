"""Chinese names as sounds and in one writing: how a surname is read, traditional characters as simplified ones, and which
Latin words are pinyin."""

from functools import lru_cache

from pypinyin import Style, pinyin

# Characters that are read otherwise as a surname than elsewhere.
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "翟": "zhai", "乐": "yue", "缪": "miao", "覃": "qin", "任": "ren", "华": "hua", "洗": "xian", "冼": "xian",
    "种": "chong", "繁": "po", "员": "yun", "尹": "yin", "佴": "nai", "召": "shao", "郇": "xun", "折": "she",
}  # fmt: skip
COMPOUND_READINGS = {"尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "宰父": "zai fu"}
TRADITIONAL = (
    "陳張劉黃楊趙吳孫馬羅鄭謝許鄧馮韓蕭葉蘇盧蔣賈閻鍾譚鄒陸萬錢湯尹龍顧邱賴龔閆賀嚴樊蘭齊鄔鄺鄘紀衛滿遲聶應魯關嶽樂聞聯覃"
    "華國偉傑強軍麗靜娟艷勳勝鋒鋼銳鎮錦鑫銘鴻鳳鵬鷹麟龍寶貴財豐榮發達遠進連運運義善慶祥禮禎穎慧愛樂歡懷憲應戰輝煒煥燦爾"
    "東來為業紅綠緣維緒總緯織繼續績繡羅聖聞聲聰職膽臨與興舉舊莊蒼蓮蔭藝藍蘊蘭處號術補裝視親覺觀訓記設詩話語誠諾謀謹證"
    "識議讀變讓豔負財貝貞責貨貴買費貿資賓賢賦質贊趙車軒載輕輔輪農邊鄉醫鈞鈴鉅銀銅鋪錄鐘鐵長門開閑間閩閣關陽陰際隆隨難雲"
    "電靈韋韻響頂順頓頌預領頤頭頻顏願風飛飯飲馮馭駿騰驊驍驕魚鮑鮮鴻鶴鸞麥麵齡齊龐創劃劍勁動務勵協單厲參雙嘉嗚嘯團園圓圖"
    "場塊壇壯壽夢夾奧奪奮婦媽嬋孫學寧實寬專將尋對導屆層峯島峽嶺帥師帶幫廣廠廳彥彌後徑從徵德恆惠惲愷慮"
)
SIMPLIFIED = (
    "陈张刘黄杨赵吴孙马罗郑谢许邓冯韩萧叶苏卢蒋贾阎钟谭邹陆万钱汤尹龙顾邱赖龚闫贺严樊兰齐邬邝鄘纪卫满迟聂应鲁关岳乐闻联覃"
    "华国伟杰强军丽静娟艳勋胜锋钢锐镇锦鑫铭鸿凤鹏鹰麟龙宝贵财丰荣发达远进连运运义善庆祥礼祯颖慧爱乐欢怀宪应战辉炜焕灿尔"
    "东来为业红绿缘维绪总纬织继续绩绣罗圣闻声聪职胆临与兴举旧庄苍莲荫艺蓝蕴兰处号术补装视亲觉观训记设诗话语诚诺谋谨证"
    "识议读变让艳负财贝贞责货贵买费贸资宾贤赋质赞赵车轩载轻辅轮农边乡医钧铃钜银铜铺录钟铁长门开闲间闽阁关阳阴际隆随难云"
    "电灵韦韵响顶顺顿颂预领颐头频颜愿风飞饭饮冯驭骏腾骅骁骄鱼鲍鲜鸿鹤鸾麦面龄齐庞创划剑劲动务励协单厉参双嘉呜啸团园圆图"
    "场块坛壮寿梦夹奥夺奋妇妈婵孙学宁实宽专将寻对导届层峰岛峡岭帅师带帮广厂厅彦弥后径从征德恒惠恽恺虑"
)
ONE_WRITING = str.maketrans(TRADITIONAL, SIMPLIFIED)
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
FINALS = frozenset(
    [
        "a",
        "o",
        "e",
        "i",
        "u",
        "v",
        "ai",
        "ei",
        "ui",
        "ao",
        "ou",
        "iu",
        "ie",
        "ve",
        "ue",
        "er",
        "an",
        "en",
        "in",
        "un",
        "vn",
        "ang",
        "eng",
        "ing",
        "ong",
        "ia",
        "ian",
        "iang",
        "iao",
        "iong",
        "ua",
        "uai",
        "uan",
        "uang",
        "uo",
    ]
)
WITHOUT_INITIAL = frozenset(["a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "er", "ang"])


def is_han(text: str) -> bool:
    return any("\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or sign >= "\U00020000" for sign in text)


def simplified(text: str) -> str:
    """Return text with traditional characters that are usual in names as simplified ones.

    >>> simplified("陳麗華")
    '陈丽华'
    """
    return text.translate(ONE_WRITING)


@lru_cache(maxsize=50_000)
def syllables(name: str) -> tuple[str, ...]:
    """Return a Chinese name as syllables without tones, its surname read as surnames are.

    >>> syllables("单雄信"), syllables("尉迟恭")
    (('shan', 'xiong', 'xin'), ('yu', 'chi', 'gong'))
    """
    plain = simplified(name)
    if plain[:2] in COMPOUND_READINGS:
        return (*COMPOUND_READINGS[plain[:2]].split(), *_read(plain[2:]))
    read = _read(plain)
    return (SURNAME_READINGS[plain[0]], *read[1:]) if plain[:1] in SURNAME_READINGS else read


def _read(text: str) -> tuple[str, ...]:
    """Characters one by one: as phrases some of a given name would be read as they are elsewhere."""
    read = ((sign, pinyin(sign, style=Style.NORMAL)[0][0]) for sign in text)
    return tuple(sound.replace("v", "u") for sign, sound in read if sound != sign)


def _is_syllable(text: str) -> bool:
    if text in WITHOUT_INITIAL:
        return True
    initial = next((one for one in INITIALS if text.startswith(one)), "")
    return bool(initial) and text[len(initial) :] in FINALS


@lru_cache(maxsize=50_000)
def pinyin_parts(word: str) -> tuple[str, ...]:
    """Return the syllables of a Latin word that is pinyin from end to end, the fewest there can be; nothing for others.

    >>> pinyin_parts("xiaoming"), pinyin_parts("smith")
    (('xiao', 'ming'), ())
    """
    if not word or len(word) > 24:
        return ()
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or not _is_syllable(word[start:end]):
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = (*before, word[start:end])
    return best[-1] or ()
