"""What the demo company's customers write to its desk, and the replies that it uses often: in English, Simplified and
Traditional Chinese, in this order."""

LANGUAGES = ("en", "zh-hans", "zh-hant")
# Queue, kind, tag; then in each language: subject, what the customer wrote, the answer.
THEMES = [
    ("payments", "problem", "payout", [
        ("My transfer has not arrived", "I sent it two days ago and nothing is there.", "It was held for a check and is on its way now."),
        ("转账没有到账", "两天前转出的，到现在还没有到账。", "该笔款项因核查暂缓，现已放行，正在途中。"),
        ("轉帳尚未到帳", "兩天前轉出的，到現在還沒有到帳。", "該筆款項因查核暫緩，現已放行，正在途中。"),
    ]),
    ("payments", "request", "limits", [
        ("Please raise my daily limit", "I have to pay a deposit tomorrow.", "It stands at 50,000 for seven days."),
        ("申请提高单日限额", "我明天要付一笔押金。", "已调整为 50,000 元，七天内有效。"),
        ("申請提高單日限額", "我明天要付一筆押金。", "已調整為 50,000 元，七天內有效。"),
    ]),
    ("lending", "question", "rates", [
        ("How is an early repayment counted?", "I want to repay in full. What is the fee?", "There is no fee for it; interest is counted by the day."),
        ("提前还款怎么计算？", "我想提前还清，手续费是多少？", "提前还款不收手续费，利息按日计算。"),
        ("提前還款怎麼計算？", "我想提前還清，手續費是多少？", "提前還款不收手續費，利息按日計算。"),
    ]),
    ("lending", "problem", "payout", [
        ("Instalment was taken twice", "The same amount left my account twice on the 3rd.", "One of the two is coming back today."),
        ("同一期还款扣了两次", "3 号那天同样的金额扣了两次。", "多扣的一笔今天退回。"),
        ("同一期還款扣了兩次", "3 號那天同樣的金額扣了兩次。", "多扣的一筆今天退回。"),
    ]),
    ("investing", "question", "redemption", [
        ("When can I redeem?", "Until when is the product closed?", "You can redeem on the first working day after it falls due."),
        ("什么时候可以赎回？", "封闭期到什么时候结束？", "到期日后的第一个工作日可以赎回。"),
        ("什麼時候可以贖回？", "封閉期到什麼時候結束？", "到期日後的第一個營業日可以贖回。"),
    ]),
    ("investing", "request", "document", [
        ("Statement for the tax office", "Please send me last year's statement.", "It waits among your documents in the app."),
        ("报税用对账单", "请提供去年的对账单。", "已放在应用的“文件”中，请查收。"),
        ("報稅用對帳單", "請提供去年的對帳單。", "已放在應用程式的「文件」中，請查收。"),
    ]),
    ("general", "praise", "", [
        ("Thank you for the quick help", "Your colleague was very kind.", "Thank you, we will tell her."),
        ("感谢你们及时帮忙", "你们的同事非常耐心。", "谢谢您，我们会转告她。"),
        ("感謝你們及時幫忙", "你們的同事非常有耐心。", "謝謝您，我們會轉告她。"),
    ]),
    ("general", "request", "document", [
        ("Changing my phone number", "I no longer use the old number.", "Please change it in the app, once you have verified who you are."),
        ("更换手机号码", "旧号码已经不用了。", "请在应用内验证身份后更换。"),
        ("更換手機號碼", "舊號碼已經不用了。", "請在應用程式內驗證身分後更換。"),
    ]),
]  # fmt: skip
# Name, the text in each language, what the ticket becomes, tags.
MACROS = [
    ("到账时间 On its way", (
        "Dear {{customer.name}}, your money is on its way and arrives within one working day. {{agent.name}}, {{company.name}}",
        "尊敬的{{customer.name}}，您的款项正在处理中，一个工作日内到账。{{company.name}} {{agent.name}}",
        "親愛的{{customer.name}}，您的款項正在處理中，一個營業日內到帳。{{company.name}} {{agent.name}}",
    ), "waiting", ["payout"]),
    ("已处理 Settled", (
        "Dear {{customer.name}}, this is settled now. Your number for it is {{ticket.reference}}.",
        "尊敬的{{customer.name}}，此事已处理完毕，编号 {{ticket.reference}}。",
        "親愛的{{customer.name}}，此事已處理完畢，編號 {{ticket.reference}}。",
    ), "resolved", []),
    ("补充证件 Document needed", (
        "Please send us a picture of the document in the app. We never ask for it by e-mail.",
        "请在应用内上传证件照片。我们从不通过电子邮件索取证件。",
        "請在應用程式內上傳證件照片。我們從不透過電子郵件索取證件。",
    ), "waiting", ["document"]),
    ("利率说明 Rate explained", (
        "The annual rate of your contract counts every fee; the schedule in the app shows each instalment.",
        "合同年化利率已包含所有费用；应用中的还款计划列明每一期。",
        "契約年利率已包含所有費用；應用程式中的還款計畫列明每一期。",
    ), "", ["rates"]),
    ("转主管 To the lead", ("", "", ""), "held", ["escalated"]),
]  # fmt: skip
NOTE = (
    "Asked the payments team: booked this morning.",
    "已问支付组：今早已入账。",
    "已問支付組：今早已入帳。",
)
SUBTASK = ("Ask the bank where it is", "向银行查询款项下落", "向銀行查詢款項下落")
# Of a mail: in each language subject and text; days ago.
LETTERS = [
    (9, [
        ("A refund has not arrived", "Hello, last week's refund has not arrived. Please look for it. Thank you!"),
        ("退款没有到账", "您好，上周的退款还没有到账，请帮忙查一下。谢谢！"),
        ("退款尚未到帳", "您好，上週的退款還沒有到帳，請幫忙查一下。謝謝！"),
    ]),
    (7, [
        ("Early repayment", "Hello, I would like to repay my loan in full this month. What do I have to do?"),
        ("提前还款", "您好，我想本月把贷款全部还清，需要怎么办理？"),
        ("提前還款", "您好，我想本月把貸款全部還清，需要怎麼辦理？"),
    ]),
    (6, [
        ("Risk questionnaire", "My risk questionnaire has expired. Do I have to answer it again?"),
        ("风险测评", "请问我的风险测评到期了，需要重新做吗？"),
        ("風險評估", "請問我的風險評估到期了，需要重新填寫嗎？"),
    ]),
    (5, [
        ("Statement for my tax office", "Please send me a stamped statement of last year.\n\nKind regards"),
        ("报税用对账单", "请寄给我去年加盖公章的对账单。\n\n谢谢"),
        ("報稅用對帳單", "請寄給我去年用印的對帳單。\n\n謝謝"),
    ]),
    (3, [
        ("Cooling-off period of my policy", "I signed for my policy yesterday and want to cancel it. Can I?"),
        ("保单犹豫期", "我昨天刚签收保单，想取消，可以吗？"),
        ("保單契約撤銷期", "我昨天剛簽收保單，想撤銷，可以嗎？"),
    ]),
    (1, [
        ("Card lost", "I lost my card on the train today. I have blocked it in the app. When does the new one come?"),
        ("银行卡丢失", "今天在火车上丢了卡，已在应用里挂失。新卡什么时候寄到？"),
        ("卡片遺失", "今天在火車上掉了卡，已在應用程式裡掛失。新卡什麼時候寄到？"),
    ]),
]  # fmt: skip
LETTER_ANSWER = (
    "Thank you. We are looking into it and answer today.",
    "您好，我们已收到，正在核实，今天内回复您。",
    "您好，我們已收到，正在查核，今天內回覆您。",
)


def place_of(language: str) -> int:
    """Return which of the three a reader of `language` gets; what the company does not speak is answered in English."""
    return LANGUAGES.index(language) if language in LANGUAGES else 0
