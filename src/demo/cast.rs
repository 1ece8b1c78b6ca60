//! What a stream is: one caller using one model in one Region. Its monthly amounts are the figures the demo must show, so they are given and
//! the tokens follow from them (see [`super::streams`] for all of them).

use super::line::{Account, Region};
use super::models::{Channel, Class, Model, Routing, Tier};

/// The IAM identity behind a stream, path included (the bill drops the path of roles).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Role {
        path: &'static str,
        name: &'static str,
    },
    User {
        path: &'static str,
        name: &'static str,
    },
    /// Calls for which AWS writes no principal.
    Unnamed,
}

/// How the session part of the caller's ARN is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// The same name always: an instance or a function.
    Fixed(&'static str),
    /// A new name for every hour and worker: the session explosion.
    Fresh(&'static str),
    /// People who signed in.
    People(&'static [&'static str]),
    /// One per run of an AgentCore agent.
    AgentCore,
    /// No session: the ARN of the role itself, path included.
    RoleArn,
}

/// How the daily amounts vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Every day alike, give or take half a percent.
    Flat,
    /// Working days, little on weekends.
    Office,
    /// Somewhat less on weekends.
    Steady,
}

/// What the bill shows as the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    FoundationModel,
    /// A geographic or global inference profile, by routing.
    Profile,
    /// An application inference profile with this id.
    Application(&'static str),
}

/// Tokens of each class in proportion.
pub type Mix = &'static [(Class, i64)];

/// A first and a last day (month, day) of 2026.
pub type Season = ((i8, i8), (i8, i8));

pub const ALWAYS: Season = ((4, 1), (11, 30));

#[derive(Debug, Clone, Copy)]
pub struct Stream {
    pub caller: Caller,
    pub sessions: Sessions,
    pub account: &'static Account,
    pub region: &'static Region,
    pub model: &'static Model,
    pub channel: Channel,
    pub tier: Tier,
    pub routing: Routing,
    pub mantle: bool,
    pub via: Via,
    pub mix: Mix,
    pub shape: Shape,
    /// Hours of the day with usage; an hour named twice has two sessions.
    pub hours: &'static [i64],
    pub season: Season,
    /// Cents in April … November.
    pub cents: [i64; 8],
    /// `iamPrincipal/product`, as the owner of the role tagged it.
    pub product_tag: &'static str,
    /// Logged calls in November, where the account keeps invocation logs.
    pub calls: i64,
}
