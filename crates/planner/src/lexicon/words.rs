//! The vocabulary: words by concept, and words that mean nothing here.

use super::Concept::{self, self as C};

/// Concept and the words that carry it. Plural forms in `s` and typing errors are found without being listed.
pub(super) const WORDS: &[(Concept, &str)] = &[
    (
        C::Spend,
        "spend spending spent cost costs costing bill billed billing charge charged charges burn burned burning burnt expense expenses \
         expenditure expenditures outlay consumption consume consumed consuming consumer money bucks cash pay paying paid price pricey dollars dollar usd \
         expensive damage usage moolah spender spenders figure figures amount amounts pricing invoice invoiced blew",
    ),
    (C::Token, "token tokens"),
    (C::Estimate, "estimate estimates estimated commitment committed commit guesstimate"),
    (C::Budget, "budget budgets budgeted budgetary"),
    (C::Within, "pace pacing within track headroom left remaining inside underrun ontrack"),
    (
        C::Over,
        "over exceed exceeded exceeding exceeds above overrun overrunning overspend overspending overspent overshoot overshooting blow busting bust breach",
    ),
    (
        C::Forecast,
        "forecast forecasts forecasted forecasting projection projections projected project projecting predict predicted prediction outlook \
         runrate land landing trajectory extrapolate",
    ),
    (C::Cache, "cache cached caching caches hit hits"),
    (
        C::Save,
        "save saving savings saved recover recoverable reduce reducing cut cheaper optimise optimize optimisation optimization lever levers economise economize lower",
    ),
    (C::Hypothesis, "if suppose assuming hypothetically reached went"),
    (C::Unclaimed, "unclaimed orphan orphans orphaned unowned ownerless unattributed unassigned unallocated unmapped"),
    (C::Gap, "gap gaps allocation allocations"),
    (C::Principal, "role roles principal principals arn arns iam"),
    (C::Claim, "claim claims claimed claiming reclaim handoff"),
    (C::Model, "model models llm llms fm fms"),
    (
        C::Approve,
        "signed sign-off okayed approve approved approves approving approval approvals sanctioned sanction authorised authorized authorise authorize ok'd greenlit greenlight \
         whitelisted whitelist cleared signoff vetted decided decision decisions",
    ),
    (
        C::Unapproved,
        "unapproved unsanctioned unauthorised unauthorized rogue shadow drift drifting drifted violation violations violating noncompliant \
         disallowed forbidden prohibited",
    ),
    (C::Allowed, "allow allowed permitted permit available usable allowlist entitled"),
    (C::Implement, "implement implemented implementation implementing rolled deployed rollout applied enforced"),
    (
        C::Block,
        "block blocked blocks blocking ban banned banning deny denied denylist blacklist blacklisted disable disabled forbid kill unblock",
    ),
    (C::Restrict, "restrict restricted restricts restricting restriction restrictions limited"),
    (C::Pending, "wait waits unresolved pending undecided awaiting waiting wait waits unreviewed undetermined outstanding backlog"),
    (C::Need, "need needs want wants require requires obtain"),
    (C::Request, "request requests requested requesting"),
    (C::Catalog, "catalog catalogue"),
    (C::Card, "card cards"),
    (C::Dispute, "dispute disputes disputed disputing contest challenge"),
    (C::Accept, "accept accepted accepting accepts acknowledge acknowledged reject rejected"),
    (C::Task, "task tasks ticket tickets queue todo"),
    (C::Finish, "close complete completed mark done finish finished"),
    (C::Command, "command commands run running execute steps step script scripts cli"),
    (C::Agentic, "mcp agentic agent agents act acting"),
    (C::Credit, "credit credits net gross refund refunds refunded discount discounts tax taxes vat edp promo promotional fee fees"),
    (C::Reconcile, "reconcile reconciled reconciles reconciliation tie ties tied recon"),
    (C::Chargeback, "chargeback chargebacks showback"),
    (
        C::Fresh,
        "load loads import imported ingest ingested sync synced fresh freshness updated update stale recent latest outdated lag lagging delayed delay delivered delivery refresh refreshed loaded",
    ),
    (
        C::Final,
        "moving settle settles frozen freeze final finalised finalized finalise finalize closed locked settled provisional preliminary finality",
    ),
    (C::Why, "why reason reasons cause causes causing caused explain explanation driver drivers drove driving drives behind"),
    (
        C::Change,
        "change changes changed changing increase increased increases increasing rise rising rose jump jumped jumping spike spiked spiking surge \
         surged drop dropped dropping decrease decreased decreasing fall fell falling delta difference differ differs compare compared comparing comparison \
         versus grown grew grow growing growth decline declined up down higher doubled tripled shift shifted movement moved high",
    ),
    (
        C::Most,
        "most biggest largest top highest greatest priciest worst costliest heaviest leading rank ranking ranked order hungriest main greediest",
    ),
    (C::Least, "least cheapest lowest smallest bottom"),
    (C::Total, "total totals sum altogether overall combined totalled aggregate"),
    (C::By, "break by per breakdown split grouped group splitting broken"),
    (
        C::Health,
        "ok okay fine healthy health alright summary status overview doing shape worry worried trouble digest state snapshot recap situation alarming concern concerns",
    ),
    (C::Owner, "owner owners owns own owned responsible accountable belongs belong"),
    (C::Workload, "workload workloads application applications app apps"),
    (C::Region, "region regions"),
    (C::Account, "account accounts"),
    (C::Bucket, "guardrail guardrails agentcore bucket buckets"),
    (C::UsageType, "sku skus"),
    (C::Audit, "audit audited trail"),
    (C::Calls, "invocation invocations invoke invoked invokes calls"),
    (
        C::Broken,
        "validate validates validated validating validation invalid empty zero missing nothing error errors fail fails failed failing broken rejected blank \
         refuses refused recognised recognized recognise recognize unrecognised unrecognized wrong stuck",
    ),
    (C::Show, "show list print display give tell get see view report name enumerate"),
    (C::Use, "use uses using used usage"),
    (C::Not, "not no never nobody none without"),
    (C::Exclude, "exclude excluding excludes except skip ignore omit omitting minus remove drop besides leave"),
    (C::Include, "include including includes add adding plus"),
    (C::Who, "who whom whose"),
    (C::When, "when"),
    (C::Which, "which what"),
    (C::Set, "set raise increase lower bump update change adjust revise reduce"),
    (C::Self_, "my our mine ours we i us me"),
    (C::Whole, "company companywide organisation organization enterprise firm everyone everybody everything corporation globally"),
    (C::Others, "others other peers peer else elsewhere colleagues colleague sibling siblings competitors"),
    (C::Help, "help capabilities commands"),
    (C::Greeting, "hi hello hey hiya thanks thank cheers greetings hola morning evening afternoon bye goodbye yo"),
    (C::Rest, "rest remainder"),
    (C::Bullet, "bullet bullets point points line lines"),
    (C::Policy, "policy policies attached permission permissions trust scp"),
    (C::Prompt, "prompt prompts conversations completions"),
    (C::Bedrock, "bedrock ai genai aws amazon"),
    (C::Input, "input inputs"),
    (C::Output, "output outputs"),
    (C::Day, "day days daily"),
    (C::Week, "week weeks weekly"),
    (C::Month, "month months monthly"),
    (
        C::Time,
        "today yesterday tomorrow year years yearly annual annually quarter quarters quarterly date since until till between last previous prior this \
         current next past now ago far weekend recently lately",
    ),
    (
        C::Judge,
        "job performance lazy incompetent competent fire fired firing blame fault stupid slacking slacker idiot useless careless sloppy trustworthy promotion",
    ),
    (C::Yes, "yes yep yeah sure confirm confirmed proceed"),
    (C::Same, "same likewise again instead"),
    (C::Route, "route routes profile profiles mantle"),
];

/// English words that carry no domain meaning and are never a name by themselves in lower case.
pub(super) const NEUTRAL: &str = "volume volumes mix outside apart aside besides a an the and or but so than then that these those there here it its is are am be been being was were do does did done has have had having can \
 could would should shall will may might must ought to of for on in at from with about into onto through across during after before under below off out as \
 how where whether while because though although unless just only also too very really quite still yet already even ever any all some each every both either \
 neither few many much more less enough such own ones one two three four five six seven eight nine ten twelve first second third half double twice \
 please kindly quick quickly brief briefly short detail details detailed exact exactly rough roughly about approximately around currently right \
 you your yours he she his her him they them their theirs someone anyone anybody somebody something anything thing things stuff kind sort type types \
 let know think look looking looks find check checking answer question questions wonder wondering curious understand mean means meaning say said says talk \
 put make makes making made take takes taking taken keep keeps keeping kept go goes going gone come comes coming came bring back send share pull \
 work works working worked start started starting begin began happen happened happening happens stay stays staying seem seems happens keep try trying tried \
 ask asked asking hear heard read write like likes love hate good great nice bad better best well poor big large small little long high low much same different \
 new old early late soon later sooner always usually often sometimes again once time times people engineer engineers person guy guys team teams boss manager managers lead leads head heads \
 director cfo cto ceo board deck slide slides meeting meetings standup review reviews report reports presentation sync conversation planning reference call email message \
 problem problems issue issues alert alerts warning warnings action actions next further another per via according regarding concerning respect terms towards against \
 item items entry entries row rows column columns table chart graph number numbers value values percent percentage rate rates ratio share portion part parts piece level \
 amongst among within without upon yourself myself ourselves itself maybe perhaps probably possibly actually basically literally simply honestly \
 guess worth cover covered covers count counted counts data info information record records source sources result results current overall so far hey \
 came seen opened open opens appear appears appeared appearing show shows showing shown shown displayed remaining spike bit lot lots couple several ton huge massive \
 behind ahead beyond near close closer reach reaching hitting going run runs ran went through put able possible impossible allowed eligible ready sure certain unsure \
 plan plans planned planning target targets goal goals limit limits cap threshold thresholds ceiling normal unusual weird strange odd suspicious unexpected expected \
 aws amazon cloud environment environments env finops agent bot assistant system chat tool tools feature features service services using side beside \
 effective active inactive live dead stopped stop stops blended unblended cumulative running rolling average mean median minimum maximum peak trend trends trending graph \
 decide decides action apply applies applying instead please thanks yes no ok top first second third fourth fifth biggest-first descending ascending sorted sort desc asc \
 dont do didn bring brought push pushed pushing eat eats eating ate chew chewing swallow went hungry responsible else ballpark sense tl dr tldr fyi \
 month-end mid end ending start starting beginning half latest newest oldest early late noon midnight hour hours minute minutes \
 considering given based basis related relevant specific specifically particular individual separate separately respectively together own apart broken down out \
 actual actuals real really true truth correct incorrect accurate trust reliable proof prove evidence calculate calculated computed compute math maths formula \
 rather instead otherwise also besides moreover however nevertheless therefore thus hence until till since ago past left right \
 name names named naming called calls id ids description descriptions label labels tag tags tagged access accesses \
 reply replies response responses chats chatbot quota allowance \
 alone single stick sticks solely purely grand full entire whole complete fiscal calendar subtotal area areas perimeter patch mainly mostly la le les des du de der die das den dem und el los las en por para pour et y von fur \
 euro euros eur gbp sterling francs chf yen avg averaged averages typical typically percentile weekday weekdays weekends workday workdays hourly overnight semester \
 holidays fortnight disregarding barring excl sans exceeding stretch span window";
