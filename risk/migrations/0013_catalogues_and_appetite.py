from datetime import date

from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# Basel Committee on Banking Supervision, International Convergence of Capital Measurement (2006), annex 9.
BASEL = {
    ("internal_fraud", "Internal fraud", "内部欺诈", "內部舞弊"): [
        ("unauthorised_activity", "Unauthorised activity", "未经授权的活动", "未經授權的活動"),
        ("internal_theft", "Theft and fraud from inside", "内部盗窃和欺诈", "內部竊盜與舞弊"),
    ],
    ("external_fraud", "External fraud", "外部欺诈", "外部詐欺"): [
        ("external_theft", "Theft and fraud from outside", "外部盗窃和欺诈", "外部竊盜與詐欺"),
        ("systems_security", "Systems security", "系统安全", "系統安全"),
    ],
    ("employment", "Employment practices and workplace safety", "就业制度和工作场所安全", "僱用慣例與職場安全"): [
        ("employee_relations", "Employee relations", "劳资关系", "勞資關係"),
        ("safe_environment", "Safe environment", "环境安全", "環境安全"),
        ("discrimination", "Diversity and discrimination", "多样性与歧视", "多元性與歧視"),
    ],
    ("clients", "Clients, products and business practices", "客户、产品和业务活动", "客戶、產品與營業行為"): [
        ("suitability", "Suitability, disclosure and fiduciary", "适当性、披露和信托责任", "適合性、揭露與受託責任"),
        ("market_practices", "Improper business or market practices", "不当的业务或市场行为", "不當的業務或市場行為"),
        ("product_flaws", "Product flaws", "产品瑕疵", "產品瑕疵"),
        ("exposure", "Selection, sponsorship and exposure", "客户选择、业务提起和风险暴露", "客戶選擇、業務提起與曝險"),
        ("advisory", "Advisory activities", "咨询业务", "諮詢業務"),
    ],
    ("physical_assets", "Damage to physical assets", "实物资产的损坏", "人員或資產損失"): [
        ("disasters", "Disasters and other events", "灾害和其他事件", "災害與其他事件"),
    ],
    ("business_disruption", "Business disruption and system failures", "营业中断和信息技术系统瘫痪", "營運中斷與系統當機"): [
        ("systems", "Systems", "系统", "系統"),
    ],
    ("execution", "Execution, delivery and process management", "执行、交割和流程管理", "執行、運送及作業流程之管理"): [
        ("capture", "Transaction capture, execution and maintenance", "交易认定、执行和维护", "交易的擷取、執行與維護"),
        ("monitoring", "Monitoring and reporting", "监控和报告", "監控與報告"),
        ("intake", "Customer intake and documentation", "招揽客户和文件记录", "客戶招攬與文件"),
        ("account_management", "Customer account management", "客户账户管理", "客戶帳戶管理"),
        ("counterparties", "Trade counterparties", "交易对手方", "交易對手"),
        ("vendors", "Vendors and suppliers", "外部销售商和供应商", "外部廠商與供應商"),
    ],
}  # fmt: skip
SUBCLASSES = [
    ("credit", "default", "Default of a borrower", "借款人违约", "借款人違約", None),
    ("credit", "concentration", "Concentration", "集中度", "集中度", None),
    ("credit", "counterparty", "Counterparty", "交易对手", "交易對手", None),
    ("market", "interest_rate", "Interest rates", "利率", "利率", None),
    ("market", "price", "Prices of securities", "证券价格", "證券價格", None),
    ("market", "exchange_rate", "Exchange rates", "汇率", "匯率", None),
    ("liquidity", "funding", "Funding", "融资", "資金", None),
    ("liquidity", "redemption", "Redemptions", "赎回", "贖回", None),
    ("liquidity", "maturity", "Mismatch of maturities", "期限错配", "期限錯配", None),
    ("operational", "staff_fraud", "Fraud by staff", "员工欺诈", "員工舞弊", "internal_fraud"),
    ("operational", "outside_fraud", "Fraud from outside", "外部人员欺诈", "外部人員詐欺", "external_fraud"),
    ("operational", "people", "People and workplace", "人员与工作场所", "人員與職場", "employment"),
    ("operational", "conduct", "Conduct towards customers", "对客户的行为", "對客戶的行為", "clients"),
    ("operational", "assets", "Premises and assets", "场所和资产", "場所與資產", "physical_assets"),
    ("operational", "outage", "Outage", "中断", "中斷", "business_disruption"),
    ("operational", "processing", "Errors of processing", "处理差错", "作業錯誤", "execution"),
    ("technology", "security", "Security of information", "信息安全", "資訊安全", None),
    ("technology", "availability", "Availability", "可用性", "可用性", None),
    ("technology", "change", "Changes of systems", "系统变更", "系統變更", None),
    ("technology", "supplier", "Suppliers of technology", "技术供应商", "技術供應商", None),
    ("legal", "compliance", "Compliance", "合规", "法令遵循", None),
    ("legal", "contracts", "Contracts", "合同", "契約", None),
    ("legal", "laundering", "Money laundering", "洗钱", "洗錢", None),
    ("legal", "privacy", "Personal data", "个人数据", "個人資料", None),
    ("other", "reputation", "Reputation", "声誉", "聲譽", None),
    ("other", "strategy", "Strategy", "战略", "策略", None),
    ("other", "policy", "Public policy", "政策", "政策", None),
]
CAUSES = [
    ("people", "People", "人员", "人員"),
    ("process", "Process", "流程", "流程"),
    ("system", "System", "系统", "系統"),
    ("external", "Event from outside", "外部事件", "外部事件"),
    ("model", "Model or data", "模型或数据", "模型或資料"),
    ("third_party", "Third party", "第三方", "第三方"),
]
CONSEQUENCES = [
    ("loss", "Financial loss", "财务损失", "財務損失"),
    ("customers", "Harm to customers", "客户受损", "客戶受損"),
    ("sanction", "Sanction of an authority", "监管处罚", "主管機關裁罰"),
    ("reputation", "Loss of reputation", "声誉受损", "聲譽受損"),
    ("interruption", "Interruption of service", "服务中断", "服務中斷"),
    ("data", "Loss or leak of data", "数据丢失或泄露", "資料遺失或外洩"),
]
# A company's own convention, to be confirmed by it: the graver the residual level, the sooner the review.
TIERS = [("critical", 1, 90), ("high", 1, 90), ("medium", 2, 180), ("low", 3, 365)]
APPETITE = ["risk_class", "line_id", "team_id", "statement", "tolerance", "lead_after_days", "management_after_days",
            "valid_from"]  # fmt: skip
STAYS = """
CREATE TRIGGER appetite_stays BEFORE UPDATE OR DELETE ON risk_appetitestatement
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE risk_appetitestatement ENABLE ALWAYS TRIGGER appetite_stays;
"""
# What a matrix in force says stays as it is: only a draft has cells and mappings written.
DRAFTS = """
CREATE FUNCTION risk_only_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN wanted := OLD.matrix_id; ELSE wanted := NEW.matrix_id; END IF;
    IF EXISTS (SELECT FROM public.risk_riskmatrix AS matrix
                WHERE matrix.id = wanted AND matrix.in_force_from IS NOT NULL) THEN
        RAISE EXCEPTION 'The matrix is agreed: write a new version instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER mapping_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON risk_matrixmapping
    FOR EACH ROW EXECUTE FUNCTION risk_only_of_a_draft();
ALTER TABLE risk_matrixmapping ENABLE ALWAYS TRIGGER mapping_of_a_draft;
CREATE TRIGGER cell_of_a_draft BEFORE UPDATE OR DELETE ON risk_riskmatrixcell
    FOR EACH ROW EXECUTE FUNCTION risk_only_of_a_draft();
ALTER TABLE risk_riskmatrixcell ENABLE ALWAYS TRIGGER cell_of_a_draft;
"""
UNDO = """
DROP TRIGGER cell_of_a_draft ON risk_riskmatrixcell;
DROP TRIGGER mapping_of_a_draft ON risk_matrixmapping;
DROP FUNCTION risk_only_of_a_draft();
"""


def named(code, english, hans, hant):
    return {"code": code, "names": {"en": english, "zh-hans": hans, "zh-hant": hant}}


def fill(apps, schema_editor):
    model = lambda name: apps.get_model("risk", name).objects  # noqa: E731
    for top, below in BASEL.items():
        parent = model("BaselType").create(**named(*top))
        for words in below:
            model("BaselType").create(parent=parent, **named(*words))
    types = {kind.code: kind for kind in model("BaselType").all()}
    for risk_class, code, *words, basel in SUBCLASSES:
        model("RiskSubclass").create(risk_class=risk_class, basel_type=types.get(basel), **named(code, *words))
    for words in CAUSES:
        model("Cause").create(**named(*words))
    for words in CONSEQUENCES:
        model("Consequence").create(**named(*words))
    for level, tier, days in TIERS:
        model("TierRule").create(level=level, tier=tier, review_days=days, valid_from=date(1990, 1, 1))


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0012_scales_of_any_size"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        AuditTable("risk_baseltype"),
        AuditTable("risk_risksubclass"),
        AuditTable("risk_cause"),
        AuditTable("risk_consequence"),
        AuditTable("risk_tierrule"),
        AuditTable("risk_risk_cause_kinds"),
        AuditTable("risk_risk_consequence_kinds"),
        AuditTable("risk_appetitestatement"),
        AuditTable("risk_appetitebreach"),
        AuditTable("risk_matrixmapping"),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(STAYS, "DROP TRIGGER appetite_stays ON risk_appetitestatement;"),
        migrations.RunSQL(DRAFTS, UNDO),
        SeedPolicy("risk.appetite.revise", "risk.check_scales"),
        GuardedColumns("risk_appetitestatement", APPETITE, command="risk.appetite.revise", on=["insert"]),
        SeedPolicy("risk.matrix.in_force", "risk.check_scales"),
        GuardedColumns("risk_riskmatrix", ["in_force_from"], command="risk.matrix.in_force"),
    ]
