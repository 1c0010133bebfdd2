"""What the demo company's articles say: code, audience, line, kind of ticket, tags, and title and text in English,
Simplified and Traditional Chinese."""

ARTICLES = [
    ("refunds", "public", "payment", "question", ["refund"], [
        ("How long does a refund take?",
         "A refund goes back **to the account that paid**, never to another one.\n\n1. The shop confirms the return.\n2. We send the money on the same working day.\n3. Your bank books it, usually within three working days.\n\nIf it is not there after five working days, write to us with the number of the payment. We never ask for passwords or one-time codes."),
        ("退款需要多久？",
         "退款会**原路退回付款账户**，不会退到其他账户。\n\n1. 商户确认退货。\n2. 我们在当个工作日发出款项。\n3. 您的银行入账，通常在三个工作日内。\n\n五个工作日后仍未到账，请附上支付编号联系我们。我们绝不会索要密码或验证码。"),
        ("退款需要多久？",
         "退款會**原路退回付款帳戶**，不會退到其他帳戶。\n\n1. 商戶確認退貨。\n2. 我們在當個工作日發出款項。\n3. 您的銀行入帳，通常在三個工作日內。\n\n五個工作日後仍未到帳，請附上支付編號與我們聯絡。我們絕不會索取密碼或驗證碼。"),
    ]),
    ("early-repayment", "public", "p2p", "question", ["loan", "repayment"], [
        ("Repaying a loan early",
         "You can repay a loan early, in part or in full.\n\n- Interest is counted up to the day of repayment.\n- Whether a fee is due, and how much, stands in *your* contract; the app shows it before you confirm.\n- After a full repayment you get a confirmation within one working day.\n\nPay from an account in your own name."),
        ("提前还款",
         "您可以部分或全部提前还款。\n\n- 利息计算至还款当日。\n- 是否收取费用及金额以*您的*合同为准；确认前应用会显示。\n- 全部还清后一个工作日内发送结清证明。\n\n请使用本人名下的账户付款。"),
        ("提前還款",
         "您可以部分或全部提前還款。\n\n- 利息計算至還款當日。\n- 是否收取費用及金額以*您的*契約為準；確認前應用程式會顯示。\n- 全部還清後一個工作日內寄送結清證明。\n\n請使用本人名下的帳戶付款。"),
    ]),
    ("risk-rating", "public", "fund", "question", ["suitability", "risk rating"], [
        ("What do R1 to R5 and C1 to C5 mean?",
         "Products are rated **R1** (lowest risk) to **R5** (highest), investors **C1** to **C5** by a questionnaire.\n\n| Investor | may buy |\n|---|---|\n| C1 | R1 |\n| C3 | up to R3 |\n| C5 | up to R5 |\n\nThe questionnaire is valid for a limited time. Past returns say nothing about future ones, and no product promises that you keep your capital."),
        ("R1 至 R5 与 C1 至 C5 是什么意思？",
         "产品风险等级由 **R1**（最低）到 **R5**（最高），投资者经问卷评为 **C1** 至 **C5**。\n\n| 投资者 | 可购买 |\n|---|---|\n| C1 | R1 |\n| C3 | 不高于 R3 |\n| C5 | 不高于 R5 |\n\n问卷有有效期。过往业绩不代表未来表现，任何产品均不承诺保本。"),
        ("R1 至 R5 與 C1 至 C5 是什麼意思？",
         "產品風險等級由 **R1**（最低）到 **R5**（最高），投資人經問卷評為 **C1** 至 **C5**。\n\n| 投資人 | 可購買 |\n|---|---|\n| C1 | R1 |\n| C3 | 不高於 R3 |\n| C5 | 不高於 R5 |\n\n問卷有有效期。過往績效不代表未來表現，任何產品均不承諾保本。"),
    ]),
    ("fraud", "public", "", "problem", ["fraud", "security"], [
        ("I have been cheated: what do I do now?",
         "1. **Call us at once.** We can stop payments that have not left yet.\n2. Change your password, from a device that nobody else controls.\n3. Report it to the police and keep what you were sent.\n\nNobody of our company asks you to move money to a *safe account*, to share your screen, or to read out a one-time code."),
        ("遭遇诈骗怎么办？",
         "1. **请立即致电我们。** 尚未汇出的款项可以止付。\n2. 用他人无法控制的设备修改密码。\n3. 报警并保留收到的信息。\n\n我们的员工绝不会要求您把钱转入*安全账户*、共享屏幕或读出验证码。"),
        ("遭遇詐騙怎麼辦？",
         "1. **請立即致電我們。** 尚未匯出的款項可以止付。\n2. 用他人無法控制的裝置修改密碼。\n3. 報警並保留收到的訊息。\n\n我們的員工絕不會要求您把錢轉入*安全帳戶*、分享螢幕或讀出驗證碼。"),
    ]),
    ("lost-card", "public", "payment", "problem", ["card"], [
        ("A lost or stolen card", "Block the card in the app under *Cards*, or call us day and night. A new one comes by post; your account and its number stay."),
        ("银行卡丢失或被盗", "请在应用的*银行卡*中挂失，或随时致电我们。新卡将邮寄给您；账户及账号不变。"),
        ("卡片遺失或被竊", "請在應用程式的*卡片*中掛失，或隨時致電我們。新卡將郵寄給您；帳戶及帳號不變。"),
    ]),
    ("cooling-off", "public", "insurance", "request", ["cooling-off", "policy"], [
        ("Changing your mind after taking out a policy", "During the cooling-off period you can cancel without giving a reason, and your premium comes back less the cost of the document. The period of your policy stands on its first page and begins when you sign for it."),
        ("投保后反悔", "犹豫期内您可无理由解除合同，扣除工本费后退还保费。您保单的犹豫期载于首页，自签收之日起计算。"),
        ("投保後反悔", "契約撤銷期內您可無理由撤銷契約，扣除工本費後退還保費。您保單的期間載於首頁，自簽收之日起計算。"),
    ]),
    ("receivables", "staff", "supply_chain", "question", ["receivable"], [
        ("Confirming a receivable: what we may tell a supplier", "Tell suppliers the state of *their own* receivable alone. Whether the core enterprise has confirmed others is nobody's business. Doubt about an invoice goes to risk, and the supplier is told only that it is being looked at."),
        ("应收账款确权：可告知供应商的内容", "仅可告知供应商*其本身*应收账款的状态，不得透露核心企业是否已确认他人账款。对发票有疑问时转风险部门，只告知供应商正在核查。"),
        ("應收帳款確認：可告知供應商的內容", "僅可告知供應商*其本身*應收帳款的狀態，不得透露核心企業是否已確認他人帳款。對發票有疑問時轉風險部門，只告知供應商正在查核。"),
    ]),
    ("verify-callers", "staff", "", "", ["identity"], [
        ("Verifying a caller", "Go through the checklist before anything is revealed. Never read a value out for the caller to confirm: let the caller say it. Who fails twice is called back on the number that we hold."),
        ("核实来电人身份", "透露任何信息前须完成核对清单。不得念出信息让来电人确认，应由来电人说出。两次未通过者，按预留号码回拨。"),
        ("核實來電者身分", "透露任何資訊前須完成核對清單。不得唸出資訊讓來電者確認，應由來電者說出。兩次未通過者，依留存號碼回撥。"),
    ]),
    ("statements", "public", "", "request", ["statement"], [
        ("Getting a statement", "Statements of the last five years are in the app under *Documents*. For a stamped one write to us: it comes by post within three working days."),
        ("获取对账单", "近五年的对账单可在应用的*文件*中下载。如需盖章，请联系我们，三个工作日内寄出。"),
        ("取得對帳單", "近五年的對帳單可在應用程式的*文件*中下載。如需用印，請與我們聯絡，三個工作日內寄出。"),
    ]),
]  # fmt: skip
MISSES = [("tax certificate", "public"), ("数字人民币", "public"), ("外汇额度", "staff"), ("joint account", "staff")]
