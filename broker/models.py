"""Every entity, so that migrations and tests see the whole schema."""

from broker.agreements.house_models import HouseClause
from broker.agreements.models import (
    Acceptance,
    Agreement,
    AgreementPart,
    AgreementVersion,
    Remark,
    SealedPdf,
    Signature,
)
from broker.alliance.models import (
    Breach,
    GivenContribution,
    Grievance,
    Meeting,
    Notice,
    Task,
)
from broker.audit.models import AuditEntry, AuditHead
from broker.deliveries.models import (
    Delivery,
    Liquidation,
    Lot,
    LotLine,
    MemberShare,
    Payment,
    SentForm,
    Statement,
    StatementLine,
)
from broker.documents.attachments import Attachment
from broker.jobs.models import Job
from broker.listings.drafts import CapacityDraft
from broker.listings.models import Capacity, CapacitySlot, Contribution, Need, NeedQuestion
from broker.listings.sharing import ShareLink
from broker.matchmaking.models import Candidate, LearnedModel, MatchingRun, NeedResult, Suggestion
from broker.notifications.models import MailSettings, Message, Notification
from broker.parties.models import (
    Certificate,
    LoginAttempt,
    Mandate,
    Membership,
    Organization,
    SigningMandate,
    User,
)
from broker.prices.models import ExchangeRate, PricePoint
from broker.readiness.models import Assessment, AssessmentValue

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementPart",
    "AgreementVersion",
    "Assessment",
    "AssessmentValue",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Breach",
    "Candidate",
    "Capacity",
    "CapacityDraft",
    "CapacitySlot",
    "Certificate",
    "Contribution",
    "Delivery",
    "ExchangeRate",
    "GivenContribution",
    "Grievance",
    "HouseClause",
    "Job",
    "LearnedModel",
    "Liquidation",
    "LoginAttempt",
    "Lot",
    "LotLine",
    "MailSettings",
    "Mandate",
    "MatchingRun",
    "Meeting",
    "MemberShare",
    "Membership",
    "Message",
    "Need",
    "NeedQuestion",
    "NeedResult",
    "Notice",
    "Notification",
    "Organization",
    "Payment",
    "PricePoint",
    "Remark",
    "SealedPdf",
    "SentForm",
    "ShareLink",
    "Signature",
    "SigningMandate",
    "Statement",
    "StatementLine",
    "Suggestion",
    "Task",
    "User",
]
