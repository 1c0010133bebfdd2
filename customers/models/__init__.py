from customers.models.accounts import (
    Account,
    AccountHolder,
    AccountStatus,
    HolderRole,
    Holding,
    HoldingStatus,
    StandingOrder,
)
from customers.models.customers import Customer, CustomerKind, CustomerRisk, CustomerStatus, IdentityKind, Sex
from customers.models.imports import IdempotencyKey, ImportFile, ImportReject, ImportRun, ImportState
from customers.models.interactions import Interaction, InteractionKind
from customers.models.loans import Instalment, Loan, LoanState, RepayMethod
from customers.models.portraits import Lifecycle, Portrait, PortraitRound
from customers.models.sources import Source
from customers.models.transactions import (
    ActivityBatch,
    ActivityLine,
    DailyActivity,
    Transaction,
    TransactionKey,
    TransactionKind,
)

__all__ = [
    "Account",
    "AccountHolder",
    "AccountStatus",
    "ActivityBatch",
    "ActivityLine",
    "Customer",
    "CustomerKind",
    "CustomerRisk",
    "CustomerStatus",
    "DailyActivity",
    "HolderRole",
    "Holding",
    "HoldingStatus",
    "IdempotencyKey",
    "IdentityKind",
    "ImportFile",
    "ImportReject",
    "ImportRun",
    "ImportState",
    "Instalment",
    "Interaction",
    "InteractionKind",
    "Lifecycle",
    "Loan",
    "LoanState",
    "Portrait",
    "PortraitRound",
    "RepayMethod",
    "Sex",
    "Source",
    "StandingOrder",
    "Transaction",
    "TransactionKey",
    "TransactionKind",
]
