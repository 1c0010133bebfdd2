from incidents.api.cases import CaseViewSet
from incidents.api.incidents import CrisisViewSet, IncidentViewSet, LossViewSet
from incidents.api.notice_rules import NoticeRuleViewSet
from incidents.api.plans import ActivationViewSet, PlanViewSet

ROUTES = [
    ("cases", CaseViewSet, "case"),
    ("plans", PlanViewSet, "plan"),
    ("activations", ActivationViewSet, "activation"),
    ("incidents", IncidentViewSet, "incident"),
    ("notice-rules", NoticeRuleViewSet, "notice-rule"),
    ("losses", LossViewSet, "loss"),
    ("crises", CrisisViewSet, "crisis"),
]
