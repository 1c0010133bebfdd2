from customers.models.accounts import (
    Account,
    AccountHolder,
    AccountStatus,
    HolderRole,
    Holding,
    HoldingStatus,
    StandingOrder,
)
from customers.models.consents import Consent, ConsentChannel, ConsentSource, Notice, Purpose
from customers.models.customers import Customer, CustomerKind, CustomerRisk, CustomerStatus, IdentityKind, Sex
from customers.models.erasures import Erasure, ErasurePart, ErasurePartName
from customers.models.imports import IdempotencyKey, ImportFile, ImportReject, ImportRun, ImportState
from customers.models.interactions import Interaction, InteractionKind
from customers.models.key_rotations import KeyRotation, RotationKind
from customers.models.loans import Instalment, Loan, LoanState, RepayMethod
from customers.models.portraits import Lifecycle, Portrait, PortraitRound
from customers.models.privacy_requests import (
    EntryKind,
    IdentityCheck,
    PrivacyRequest,
    RequestEntry,
    RequestKind,
    RequestOutcome,
    RequestState,
)
from customers.models.privacy_rules import CalendarDay, PrivacyRule, RuleCode, RuleUnit
from customers.models.reveals import Reveal, RevealField, RevealReason
from customers.models.sources import Source
from customers.models.tags import Audience, CustomerTag, Tag, TagBound, TagFigure, TagSource, TagTone
from customers.models.transactions import (
    ActivityBatch,
    ActivityLine,
    DailyActivity,
    Transaction,
    TransactionKey,
    TransactionKind,
)
from customers.models.verifications import CallerAnswer, CallerQuestion, CallerVerification, VerificationState

__all__ = [
    "Account",
    "AccountHolder",
    "AccountStatus",
    "ActivityBatch",
    "ActivityLine",
    "Audience",
    "CalendarDay",
    "CallerAnswer",
    "CallerQuestion",
    "CallerVerification",
    "Consent",
    "ConsentChannel",
    "ConsentSource",
    "Customer",
    "CustomerKind",
    "CustomerRisk",
    "CustomerStatus",
    "CustomerTag",
    "DailyActivity",
    "EntryKind",
    "Erasure",
    "ErasurePart",
    "ErasurePartName",
    "HolderRole",
    "Holding",
    "HoldingStatus",
    "IdempotencyKey",
    "IdentityCheck",
    "IdentityKind",
    "ImportFile",
    "ImportReject",
    "ImportRun",
    "ImportState",
    "Instalment",
    "Interaction",
    "InteractionKind",
    "KeyRotation",
    "Lifecycle",
    "Loan",
    "LoanState",
    "Notice",
    "Portrait",
    "PortraitRound",
    "PrivacyRequest",
    "PrivacyRule",
    "Purpose",
    "RepayMethod",
    "RequestEntry",
    "RequestKind",
    "RequestOutcome",
    "RequestState",
    "Reveal",
    "RevealField",
    "RevealReason",
    "RotationKind",
    "RuleCode",
    "RuleUnit",
    "Sex",
    "Source",
    "StandingOrder",
    "Tag",
    "TagBound",
    "TagFigure",
    "TagSource",
    "TagTone",
    "Transaction",
    "TransactionKey",
    "TransactionKind",
    "VerificationState",
]
