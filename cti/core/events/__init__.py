"""Everything that can happen, in one union. Events are for ever: add fields with defaults, never change a meaning."""

from cti.core.events.agents import (
    AcceptRequested,
    AgentAbsent,
    AgentLegGone,
    AgentLegLost,
    AgentLegNailedUp,
    AgentNotReady,
    AgentReady,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AssignmentReleased,
    DeclineRequested,
    DesktopConnected,
    DesktopDisconnected,
    DeviceProven,
    DeviceSuspected,
    DispositionGiven,
    HangUpRequested,
    NotReadyRequested,
    OfferAcknowledged,
    ProbeAnswered,
    ReadyRequested,
    RequestAccepted,
    RequestRefused,
    SignInRequested,
    SignOutRequested,
    WrapUpEnded,
    WrapUpEndRequested,
    WrapUpStarted,
)
from cti.core.events.base import Event
from cti.core.events.contacts import (
    AttributeSet,
    BridgeOverdue,
    BridgeRequested,
    CallbackDue,
    CallbackScheduled,
    ConferenceStarted,
    ConsultEnded,
    ConsultRequested,
    ConsultStarted,
    ContactAbandoned,
    ContactClosed,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactQueued,
    ContactRequeued,
    ContactStarted,
    ContactTransferred,
    Customer,
    CustomerLookUpRequested,
    CustomersFound,
    DispositionRecorded,
    Exclusion,
    FlowEnded,
    HoldRequested,
    LookUpAwaited,
    OfferAccepted,
    OfferAlerting,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    PositionAsked,
    PositionTold,
    QueueRefused,
    QueueRequested,
    ScreenPop,
    ScreenPopped,
    ScreenPopUpdated,
    StepEntered,
    SupervisionEnded,
    SupervisionStarted,
    TransferRequested,
)
from cti.core.events.legs import (
    CallArrived,
    CallEnded,
    CallJoined,
    CallLeft,
    CallStarted,
    CommandFailed,
    LegAlerting,
    LegAnswered,
    LegChecked,
    LegDiverted,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegPlanned,
    LegRefused,
    LegRetrieved,
    LegsBridged,
    LegsParted,
    LegStarted,
    LegWatched,
    PlanRequested,
    RecordingEnded,
    RecordingStarted,
    ReleaseRequested,
    ReplyOverdue,
    ReportIgnored,
)
from cti.core.events.outbound import (
    AttemptAbandoned,
    AttemptAnswered,
    AttemptClassified,
    AttemptEnded,
    AttemptStarted,
    ClaimedLead,
    DialCleared,
    DialRefused,
    DialRequested,
    LeadsClaimed,
    PacingComputed,
)
from cti.core.events.site import (
    ConfigApplied,
    ConfigDiffers,
    DeadlinesReached,
    Due,
    InputRejected,
    QueueConfigChanged,
    QueueConfigRequested,
    RelookPromised,
    ServerStarted,
    TokenIssued,
    TokenRevoked,
)

AnyEvent = (
    ServerStarted
    | ConfigApplied
    | ConfigDiffers
    | TokenIssued
    | TokenRevoked
    | DeadlinesReached
    | InputRejected
    | RelookPromised
    | QueueConfigRequested
    | QueueConfigChanged
    | CallArrived
    | PlanRequested
    | ReplyOverdue
    | LegStarted
    | LegPlanned
    | LegPlaced
    | LegRefused
    | LegAlerting
    | LegAnswered
    | LegEnded
    | LegChecked
    | LegWatched
    | LegHeld
    | LegRetrieved
    | LegMuted
    | LegDiverted
    | CallStarted
    | CallJoined
    | CallLeft
    | LegsBridged
    | LegsParted
    | CallEnded
    | ReleaseRequested
    | CommandFailed
    | ReportIgnored
    | RecordingStarted
    | RecordingEnded
    | ContactStarted
    | StepEntered
    | AttributeSet
    | FlowEnded
    | QueueRequested
    | ContactQueued
    | QueueRefused
    | PositionAsked
    | PositionTold
    | OfferMade
    | OfferAlerting
    | OfferAccepted
    | OfferDeclined
    | OfferExpired
    | OfferWithdrawn
    | BridgeRequested
    | BridgeOverdue
    | ContactConnected
    | ContactRequeued
    | ContactAbandoned
    | ContactEnded
    | DispositionRecorded
    | ContactClosed
    | CustomerLookUpRequested
    | LookUpAwaited
    | CustomersFound
    | ScreenPopped
    | ScreenPopUpdated
    | ContactQuarantined
    | HoldRequested
    | TransferRequested
    | ContactTransferred
    | ConsultRequested
    | ConsultStarted
    | ConsultEnded
    | ConferenceStarted
    | SupervisionStarted
    | SupervisionEnded
    | CallbackScheduled
    | CallbackDue
    | DesktopConnected
    | DesktopDisconnected
    | SignInRequested
    | SignOutRequested
    | ReadyRequested
    | NotReadyRequested
    | OfferAcknowledged
    | AcceptRequested
    | DeclineRequested
    | HangUpRequested
    | DispositionGiven
    | WrapUpEndRequested
    | ProbeAnswered
    | AgentSignedIn
    | AgentSignedOut
    | AgentReady
    | AgentNotReady
    | AgentAbsent
    | AgentReturned
    | DeviceSuspected
    | DeviceProven
    | WrapUpStarted
    | WrapUpEnded
    | AssignmentReleased
    | AgentLegNailedUp
    | AgentLegGone
    | AgentLegLost
    | RequestRefused
    | RequestAccepted
    | DialRequested
    | DialCleared
    | DialRefused
    | LeadsClaimed
    | PacingComputed
    | AttemptStarted
    | AttemptAnswered
    | AttemptClassified
    | AttemptAbandoned
    | AttemptEnded
)

__all__ = [
    "AcceptRequested",
    "AgentAbsent",
    "AgentLegGone",
    "AgentLegLost",
    "AgentLegNailedUp",
    "AgentNotReady",
    "AgentReady",
    "AgentReturned",
    "AgentSignedIn",
    "AgentSignedOut",
    "AnyEvent",
    "AssignmentReleased",
    "AttemptAbandoned",
    "AttemptAnswered",
    "AttemptClassified",
    "AttemptEnded",
    "AttemptStarted",
    "AttributeSet",
    "BridgeOverdue",
    "BridgeRequested",
    "CallArrived",
    "CallEnded",
    "CallJoined",
    "CallLeft",
    "CallStarted",
    "CallbackDue",
    "CallbackScheduled",
    "ClaimedLead",
    "CommandFailed",
    "ConferenceStarted",
    "ConfigApplied",
    "ConfigDiffers",
    "ConsultEnded",
    "ConsultRequested",
    "ConsultStarted",
    "ContactAbandoned",
    "ContactClosed",
    "ContactConnected",
    "ContactEnded",
    "ContactQuarantined",
    "ContactQueued",
    "ContactRequeued",
    "ContactStarted",
    "ContactTransferred",
    "Customer",
    "CustomerLookUpRequested",
    "CustomersFound",
    "DeadlinesReached",
    "DeclineRequested",
    "DesktopConnected",
    "DesktopDisconnected",
    "DeviceProven",
    "DeviceSuspected",
    "DialCleared",
    "DialRefused",
    "DialRequested",
    "DispositionGiven",
    "DispositionRecorded",
    "Due",
    "Event",
    "Exclusion",
    "FlowEnded",
    "HangUpRequested",
    "HoldRequested",
    "InputRejected",
    "LeadsClaimed",
    "LegAlerting",
    "LegAnswered",
    "LegChecked",
    "LegDiverted",
    "LegEnded",
    "LegHeld",
    "LegMuted",
    "LegPlaced",
    "LegPlanned",
    "LegRefused",
    "LegRetrieved",
    "LegStarted",
    "LegWatched",
    "LegsBridged",
    "LegsParted",
    "LookUpAwaited",
    "NotReadyRequested",
    "OfferAccepted",
    "OfferAcknowledged",
    "OfferAlerting",
    "OfferDeclined",
    "OfferExpired",
    "OfferMade",
    "OfferWithdrawn",
    "PacingComputed",
    "PlanRequested",
    "PositionAsked",
    "PositionTold",
    "ProbeAnswered",
    "QueueConfigChanged",
    "QueueConfigRequested",
    "QueueRefused",
    "QueueRequested",
    "ReadyRequested",
    "RecordingEnded",
    "RecordingStarted",
    "ReleaseRequested",
    "RelookPromised",
    "ReplyOverdue",
    "ReportIgnored",
    "RequestAccepted",
    "RequestRefused",
    "ScreenPop",
    "ScreenPopUpdated",
    "ScreenPopped",
    "ServerStarted",
    "SignInRequested",
    "SignOutRequested",
    "StepEntered",
    "SupervisionEnded",
    "SupervisionStarted",
    "TokenIssued",
    "TokenRevoked",
    "TransferRequested",
    "WrapUpEndRequested",
    "WrapUpEnded",
    "WrapUpStarted",
]
