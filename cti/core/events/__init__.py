"""Everything that can happen, in one union. Events are for ever: add fields with defaults, never change a meaning."""

from cti.core.events.agents import (
    AbsencePutOff,
    AcceptRequested,
    AgentAbsent,
    AgentLegGone,
    AgentLegLost,
    AgentLegNailedUp,
    AgentLineWatched,
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
    DispositionLapsed,
    HangUpRequested,
    LeavePutOff,
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
from cti.core.events.calling import (
    AttemptConnected,
    AttemptRefused,
    AttemptUnwanted,
    BesideEntry,
    CallFactsAsked,
    CallFactsGathered,
    FoundEntry,
    RefusalRecorded,
    RefusalRefused,
    RefusalReported,
    RegistrySwitchConfirmed,
    RegistrySwitched,
    RegistrySwitchHeld,
    RegistrySwitchRefused,
    RegistrySwitchRequested,
    SuppressionAdded,
    SuppressionFound,
    SuppressionKept,
    SuppressionRefused,
    SuppressionRemovalRequested,
    SuppressionRemoved,
    SuppressionRequested,
)
from cti.core.events.campaigns import (
    AnswerAwaited,
    CampaignControlRefused,
    CampaignControlRequested,
    CampaignStatusChanged,
    CampaignTuned,
    CampaignTuneRequested,
    DetectionJudged,
    GreetingEnded,
    LeadReturned,
    LeadsAsked,
    LeadTaken,
    LinesPaced,
    LineSurplus,
    LiveAnswerCounted,
    MessageBegun,
    PoolBegun,
)
from cti.core.events.contacts import (
    AttributeSet,
    BridgeOverdue,
    BridgeRequested,
    CallbackDue,
    CallbackScheduled,
    CauseCorrected,
    ContactAbandoned,
    ContactClosed,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactQueued,
    ContactRequeued,
    ContactStarted,
    Customer,
    CustomerLookUpRequested,
    CustomersFound,
    DispositionRecorded,
    Exclusion,
    FlowEnded,
    LookUpAwaited,
    OfferAccepted,
    OfferAlerting,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferTaken,
    OfferWithdrawn,
    PositionAsked,
    PositionTold,
    QueueRefused,
    QueueRequested,
    ScreenPop,
    ScreenPopped,
    ScreenPopUpdated,
    StepEntered,
)
from cti.core.events.conversation import (
    ConferenceRequested,
    ConferenceStarted,
    ConsultAnswered,
    ConsultEnded,
    ConsultEndRequested,
    ConsultRequested,
    ConsultStarted,
    ContactForwarded,
    ContactTransferred,
    DigitsRequested,
    HoldRequested,
    MessageAwaited,
    MuteRequested,
    RecordingAsked,
    RecordingEnded,
    RecordingFailed,
    RecordingNoticeGiven,
    RecordingOpened,
    RecordingPaused,
    RecordingRequested,
    RecordingResumed,
    RecordingsChecked,
    RecordingSeen,
    RecordingsSettled,
    RecordingStarted,
    RecordingsWatched,
    RetrieveRequested,
    StateForced,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionEndRequested,
    SupervisionRequested,
    SupervisionStarted,
    Talk,
    TalkChanged,
    TalkParty,
    TransferRequested,
    VoicemailLeft,
)
from cti.core.events.leads import (
    ClaimedLead,
    LeadDetails,
    LeadNumber,
    LeadNumberWrong,
    LeadPast,
    LeadPosted,
    LeadsChanged,
    LeadScheduled,
    LeadsClaimed,
    LeadsImported,
    LeadsReleased,
    LeadsRemoved,
    LeadsRevived,
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
    LegCameAgain,
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
    DialCleared,
    DialQueued,
    DialRefused,
    DialRequested,
    DialsResumed,
    DialsResumeRequested,
    DialsStopped,
    DialWithdrawn,
    PacingComputed,
    SpendCapReached,
    SpendCommitted,
    SpendEnded,
    SpendMinuteBegan,
    SpendRunning,
)
from cti.core.events.previews import (
    CallbackAsked,
    CallbackFreed,
    CallbackPromised,
    CallbackSought,
    DialProgressed,
    LeadDialRequested,
    LeadSkipped,
    LeadSkipRequested,
    NextLeadRequested,
    NumberDialRequested,
    PreviewsPutOff,
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
    | LegCameAgain
    | ReportIgnored
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
    | OfferTaken
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
    | CauseCorrected
    | ContactClosed
    | CustomerLookUpRequested
    | LookUpAwaited
    | CustomersFound
    | ScreenPopped
    | ScreenPopUpdated
    | ContactQuarantined
    | HoldRequested
    | RetrieveRequested
    | MuteRequested
    | DigitsRequested
    | TransferRequested
    | ContactTransferred
    | ContactForwarded
    | ConsultRequested
    | ConsultEndRequested
    | ConferenceRequested
    | ConsultStarted
    | TalkChanged
    | ConsultAnswered
    | ConferenceStarted
    | ConsultEnded
    | RecordingRequested
    | RecordingStarted
    | RecordingPaused
    | RecordingResumed
    | RecordingAsked
    | RecordingFailed
    | RecordingNoticeGiven
    | RecordingEnded
    | RecordingsChecked
    | RecordingsWatched
    | RecordingsSettled
    | RecordingOpened
    | VoicemailLeft
    | MessageAwaited
    | SupervisionRequested
    | SupervisionEndRequested
    | SupervisionStarted
    | SupervisionChanged
    | SupervisionEnded
    | StateForced
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
    | DispositionLapsed
    | WrapUpEndRequested
    | ProbeAnswered
    | AgentSignedIn
    | AgentSignedOut
    | AgentReady
    | AgentNotReady
    | AgentAbsent
    | AbsencePutOff
    | AgentReturned
    | DeviceSuspected
    | DeviceProven
    | WrapUpStarted
    | WrapUpEnded
    | AssignmentReleased
    | AgentLegNailedUp
    | AgentLegGone
    | AgentLegLost
    | AgentLineWatched
    | RequestRefused
    | RequestAccepted
    | DialRequested
    | DialCleared
    | DialRefused
    | DialQueued
    | DialWithdrawn
    | DialsStopped
    | DialsResumeRequested
    | DialsResumed
    | SpendCapReached
    | SpendCommitted
    | SpendEnded
    | SpendMinuteBegan
    | SpendRunning
    | LeadsChanged
    | LeadsClaimed
    | PacingComputed
    | AttemptStarted
    | AttemptAnswered
    | AttemptClassified
    | AttemptAbandoned
    | AttemptEnded
    | SuppressionRequested
    | SuppressionRemovalRequested
    | SuppressionAdded
    | SuppressionKept
    | SuppressionRemoved
    | SuppressionRefused
    | SuppressionFound
    | RegistrySwitchRequested
    | RegistrySwitched
    | RegistrySwitchHeld
    | RegistrySwitchConfirmed
    | RegistrySwitchRefused
    | CallFactsAsked
    | AttemptRefused
    | RefusalRecorded
    | RefusalRefused
    | RefusalReported
    | CallFactsGathered
    | AttemptConnected
    | LeadPosted
    | LeadScheduled
    | LeadsReleased
    | LeadsImported
    | LeadsRemoved
    | LeadsRevived
    | LeavePutOff
    | LineSurplus
    | PoolBegun
    | AnswerAwaited
    | CampaignControlRefused
    | CampaignControlRequested
    | CampaignStatusChanged
    | DetectionJudged
    | CampaignTuneRequested
    | CampaignTuned
    | GreetingEnded
    | LeadReturned
    | LeadsAsked
    | LeadTaken
    | LinesPaced
    | LiveAnswerCounted
    | MessageBegun
    | AttemptUnwanted
    | DialProgressed
    | LeadDialRequested
    | LeadSkipRequested
    | LeadSkipped
    | NextLeadRequested
    | NumberDialRequested
    | PreviewsPutOff
    | CallbackAsked
    | CallbackPromised
    | CallbackSought
    | CallbackFreed
    | LeadNumberWrong
)

__all__ = [
    "AbsencePutOff",
    "AcceptRequested",
    "AgentAbsent",
    "AgentLegGone",
    "AgentLegLost",
    "AgentLegNailedUp",
    "AgentLineWatched",
    "AgentNotReady",
    "AgentReady",
    "AgentReturned",
    "AgentSignedIn",
    "AgentSignedOut",
    "AnswerAwaited",
    "AnyEvent",
    "AssignmentReleased",
    "AttemptAbandoned",
    "AttemptAnswered",
    "AttemptClassified",
    "AttemptConnected",
    "AttemptEnded",
    "AttemptRefused",
    "AttemptStarted",
    "AttemptUnwanted",
    "AttributeSet",
    "BesideEntry",
    "BridgeOverdue",
    "BridgeRequested",
    "CallArrived",
    "CallEnded",
    "CallFactsAsked",
    "CallFactsGathered",
    "CallJoined",
    "CallLeft",
    "CallStarted",
    "CallbackAsked",
    "CallbackDue",
    "CallbackFreed",
    "CallbackPromised",
    "CallbackScheduled",
    "CallbackSought",
    "CampaignControlRefused",
    "CampaignControlRequested",
    "CampaignStatusChanged",
    "CampaignTuneRequested",
    "CampaignTuned",
    "CauseCorrected",
    "ClaimedLead",
    "CommandFailed",
    "ConferenceRequested",
    "ConferenceStarted",
    "ConfigApplied",
    "ConfigDiffers",
    "ConsultAnswered",
    "ConsultEndRequested",
    "ConsultEnded",
    "ConsultRequested",
    "ConsultStarted",
    "ContactAbandoned",
    "ContactClosed",
    "ContactConnected",
    "ContactEnded",
    "ContactForwarded",
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
    "DetectionJudged",
    "DeviceProven",
    "DeviceSuspected",
    "DialCleared",
    "DialProgressed",
    "DialQueued",
    "DialRefused",
    "DialRequested",
    "DialWithdrawn",
    "DialsResumeRequested",
    "DialsResumed",
    "DialsStopped",
    "DigitsRequested",
    "DispositionGiven",
    "DispositionLapsed",
    "DispositionRecorded",
    "Due",
    "Event",
    "Exclusion",
    "FlowEnded",
    "FoundEntry",
    "GreetingEnded",
    "HangUpRequested",
    "HoldRequested",
    "InputRejected",
    "LeadDetails",
    "LeadDialRequested",
    "LeadNumber",
    "LeadNumberWrong",
    "LeadPast",
    "LeadPosted",
    "LeadReturned",
    "LeadScheduled",
    "LeadSkipRequested",
    "LeadSkipped",
    "LeadTaken",
    "LeadsAsked",
    "LeadsChanged",
    "LeadsClaimed",
    "LeadsImported",
    "LeadsReleased",
    "LeadsRemoved",
    "LeadsRevived",
    "LeavePutOff",
    "LegAlerting",
    "LegAnswered",
    "LegCameAgain",
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
    "LineSurplus",
    "LinesPaced",
    "LiveAnswerCounted",
    "LookUpAwaited",
    "MessageAwaited",
    "MessageBegun",
    "MuteRequested",
    "NextLeadRequested",
    "NotReadyRequested",
    "NumberDialRequested",
    "OfferAccepted",
    "OfferAcknowledged",
    "OfferAlerting",
    "OfferDeclined",
    "OfferExpired",
    "OfferMade",
    "OfferTaken",
    "OfferWithdrawn",
    "PacingComputed",
    "PlanRequested",
    "PoolBegun",
    "PositionAsked",
    "PositionTold",
    "PreviewsPutOff",
    "ProbeAnswered",
    "QueueConfigChanged",
    "QueueConfigRequested",
    "QueueRefused",
    "QueueRequested",
    "ReadyRequested",
    "RecordingAsked",
    "RecordingEnded",
    "RecordingFailed",
    "RecordingNoticeGiven",
    "RecordingOpened",
    "RecordingPaused",
    "RecordingRequested",
    "RecordingResumed",
    "RecordingSeen",
    "RecordingStarted",
    "RecordingsChecked",
    "RecordingsSettled",
    "RecordingsWatched",
    "RefusalRecorded",
    "RefusalRefused",
    "RefusalReported",
    "RegistrySwitchConfirmed",
    "RegistrySwitchHeld",
    "RegistrySwitchRefused",
    "RegistrySwitchRequested",
    "RegistrySwitched",
    "ReleaseRequested",
    "RelookPromised",
    "ReplyOverdue",
    "ReportIgnored",
    "RequestAccepted",
    "RequestRefused",
    "RetrieveRequested",
    "ScreenPop",
    "ScreenPopUpdated",
    "ScreenPopped",
    "ServerStarted",
    "SignInRequested",
    "SignOutRequested",
    "SpendCapReached",
    "SpendCommitted",
    "SpendEnded",
    "SpendMinuteBegan",
    "SpendRunning",
    "StateForced",
    "StepEntered",
    "SupervisionChanged",
    "SupervisionEndRequested",
    "SupervisionEnded",
    "SupervisionRequested",
    "SupervisionStarted",
    "SuppressionAdded",
    "SuppressionFound",
    "SuppressionKept",
    "SuppressionRefused",
    "SuppressionRemovalRequested",
    "SuppressionRemoved",
    "SuppressionRequested",
    "Talk",
    "TalkChanged",
    "TalkParty",
    "TokenIssued",
    "TokenRevoked",
    "TransferRequested",
    "VoicemailLeft",
    "WrapUpEndRequested",
    "WrapUpEnded",
    "WrapUpStarted",
]
