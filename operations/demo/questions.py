"""The suitability questionnaire of the demo company: what people are asked before they invest, in three languages."""

from typing import Any

LANGUAGES = ("en", "zh-hans", "zh-hant")


def said(*texts: str) -> dict[str, str]:
    return dict(zip(LANGUAGES, texts, strict=True))


def option(key: str, points: int, *texts: str, low: int | None = None, high: int | None = None) -> dict[str, Any]:
    ends = {name: end for name, end in (("low", low), ("high", high)) if end is not None}
    return {"key": key, "points": points, "text": said(*texts), **ends}


def single(key: str, texts: tuple[str, str, str], *options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "single", "text": said(*texts), "required": True, "options": list(options), **more}


QUESTIONS = [
    single(
        "age", ("How old are you?", "您的年龄是？", "您的年齡是？"),
        option("young", 8, "18 to 30", "18 至 30 岁", "18 至 30 歲", low=18, high=30),
        option("middle", 10, "31 to 50", "31 至 50 岁", "31 至 50 歲", low=31, high=50),
        option("older", 6, "51 to 60", "51 至 60 岁", "51 至 60 歲", low=51, high=60),
        option("retired", 2, "Over 60", "60 岁以上", "60 歲以上", low=61),
        about="age",
    ),
    single(
        "income", ("What do you earn in a year, before tax?", "您的税前年收入是？", "您的稅前年收入是？"),
        option("low", 2, "Up to 50,000", "5 万元及以下", "5 萬元以下", low=0, high=50_000),
        option("fair", 5, "50,000 to 200,000", "5 万至 20 万元", "5 萬至 20 萬元", low=50_000, high=200_000),
        option("good", 8, "200,000 to 500,000", "20 万至 50 万元", "20 萬至 50 萬元", low=200_000, high=500_000),
        option("high", 10, "More than 500,000", "50 万元以上", "50 萬元以上", low=500_000),
        about="income",
    ),
    single(
        "source", ("Where does your income come from, above all?", "您的主要收入来源是？", "您的主要收入來源是？"),
        option("none", 1, "No steady income", "无固定收入", "無固定收入"),
        option("pension", 3, "Pension or benefits", "养老金或救济", "退休金或補助"),
        option("wages", 6, "Wages", "工资薪金", "薪資"),
        option("assets", 7, "Business or assets", "经营或资产收益", "經營或資產收益"),
    ),
    single(
        "share", ("How much of what you own may go into investments?", "您可用于投资的资产占比是？", "您可用於投資的資產占比是？"),
        option("tenth", 2, "Up to a tenth", "10% 以内", "10% 以內"),
        option("quarter", 5, "Up to a quarter", "25% 以内", "25% 以內"),
        option("half", 8, "Up to a half", "50% 以内", "50% 以內"),
        option("more", 6, "More than a half", "50% 以上", "50% 以上"),
    ),
    single(
        "debts", ("Do you have debts other than on your home?", "除住房贷款外，您有其他债务吗？", "除房屋貸款外，您有其他債務嗎？"),
        option("heavy", 0, "Yes, they weigh on me", "有，且负担较重", "有，且負擔較重"),
        option("some", 3, "Yes, some", "有一些", "有一些"),
        option("none", 6, "No", "没有", "沒有"),
    ),
    single(
        "experience", ("For how long have you invested?", "您有多少年投资经验？", "您有多少年投資經驗？"),
        option("none", 0, "Never", "没有经验", "沒有經驗"),
        option("short", 4, "Less than two years", "少于 2 年", "少於 2 年"),
        option("years", 7, "Two to five years", "2 至 5 年", "2 至 5 年"),
        option("long", 10, "More than five years", "5 年以上", "5 年以上"),
    ),
    {
        "key": "held", "kind": "multiple", "required": True, "counts": "highest",
        "text": said("What have you held?", "您曾持有哪些产品？", "您曾持有哪些產品？"),
        "help": said("Choose all that fit.", "可多选。", "可複選。"),
        "options": [
            option("deposit", 1, "Deposits, money funds", "存款、货币基金", "存款、貨幣基金"),
            option("bond", 4, "Bonds, bond funds", "债券、债券基金", "債券、債券基金"),
            option("stock", 7, "Shares, equity funds", "股票、股票基金", "股票、股票基金"),
            option("derivative", 10, "Futures, options", "期货、期权", "期貨、選擇權"),
        ],
        "shown_if": {"not": {"question": "experience", "is": ["none"]}},
    },
    single(
        "reaction",
        ("Your holding falls by a fifth in a month. What do you do?", "持有的产品一个月下跌 20%，您会？", "持有的產品一個月下跌 20%，您會？"),
        option("all", 0, "Sell everything", "全部卖出", "全部賣出"),
        option("part", 3, "Sell a part", "卖出一部分", "賣出一部分"),
        option("wait", 7, "Wait", "继续持有", "繼續持有"),
        option("buy", 10, "Buy more", "加仓", "加碼"),
        shown_if={"question": "held", "is": ["bond", "stock", "derivative"]},
    ),
    single(
        "horizon", ("For how long can you do without the money?", "这笔资金可投资多久？", "這筆資金可投資多久？"),
        option("months", 1, "Less than a year", "1 年以内", "1 年以內"),
        option("year", 4, "One to three years", "1 至 3 年", "1 至 3 年"),
        option("years", 7, "Three to five years", "3 至 5 年", "3 至 5 年"),
        option("long", 10, "More than five years", "5 年以上", "5 年以上"),
    ),
    single(
        "aim", ("What do you want from the investment?", "您的投资目标是？", "您的投資目標是？"),
        option("keep", 0, "Keep what I have", "保本", "保本"),
        option("steady", 4, "Steady small gains", "稳健增值", "穩健增值"),
        option("grow", 8, "Growth, with ups and downs", "较快增长，可承受波动", "較快成長，可承受波動"),
        option("most", 10, "As much as possible", "追求高收益", "追求高報酬"),
    ),
    single(
        "loss", ("What loss in a year can you bear?", "您一年内能承受的最大损失是？", "您一年內能承受的最大損失是？"),
        option("none", 0, "None", "不能承受任何损失", "不能承受任何損失"),
        option("tenth", 5, "Up to a tenth", "10% 以内", "10% 以內"),
        option("third", 9, "Up to a third", "30% 以内", "30% 以內"),
        option("half", 12, "More than that", "30% 以上", "30% 以上"),
    ),
    single(
        "knowledge", ("A fund rated R4: what is true?", "关于 R4 级基金，哪项正确？", "關於 R4 級基金，何者正確？"),
        option("safe", 0, "Its capital is guaranteed", "保证本金", "保證本金"),
        option("unsure", 1, "I do not know", "不清楚", "不清楚"),
        option("risk", 5, "It may lose much of its value", "可能损失较多本金", "可能損失較多本金"),
    ),
    {
        "key": "wishes", "kind": "text", "required": False,
        "text": said("Is there anything we should know?", "还有什么需要我们了解？", "還有什麼需要我們瞭解？"),
    },
]  # fmt: skip
BANDS = [
    {"code": "C0", "least": -1, "label": said("Lowest risk tolerance", "风险承受能力最低类别", "風險承受度最低類別")},
    {"code": "C1", "least": 0, "label": said("Conservative", "保守型", "保守型")},
    {"code": "C2", "least": 26, "label": said("Cautious", "谨慎型", "謹慎型")},
    {"code": "C3", "least": 44, "label": said("Balanced", "稳健型", "穩健型")},
    {"code": "C4", "least": 62, "label": said("Growth", "积极型", "積極型")},
    {"code": "C5", "least": 82, "label": said("Aggressive", "激进型", "激進型")},
]  # fmt: skip
DOCUMENT = {
    "title": said("How much risk suits you?", "投资者风险承受能力测评", "投資人風險承受度評估"),
    "intro": said(
        "Before you invest we must know how much risk suits you. There are no wrong answers; please answer as it is.",
        "投资之前，我们须了解您适合多大的风险。答案没有对错，请如实填写。",
        "投資之前，我們須瞭解您適合多大的風險。答案沒有對錯，請如實填寫。",
    ),
    "thanks": said(
        "Products up to your class are open to you. The result is valid for twelve months.",
        "您可购买与您类别匹配的产品。测评结果有效期为十二个月。",
        "您可購買與您類別相符的產品。評估結果有效期為十二個月。",
    ),
    "questions": QUESTIONS,
    "bands": BANDS,
    "overrides": [
        {
            "band": "C0",
            "if": {"all": [{"question": "loss", "is": ["none"]}, {"question": "source", "is": ["none", "pension"]}]},
        }
    ],
    "reliability": {"least_seconds": 2, "same_place": 8},
}
