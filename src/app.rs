//! The assembled service: every collaborator once, for whichever way in.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use agent_bill_domain::ids::PersonId;
use agent_bill_tools::registry::registry;
use agent_bill_tools::view::Settings;
use async_trait::async_trait;

use crate::agent::Agent;
use crate::config::{Config, CostMetric, IdentityConfig, ModelChoice};
use agent_bill_aws::bedrock::BedrockModel;
use agent_bill_domain::clock::SharedClock;
use agent_bill_identity::{Authenticator, Expected, LocalIssuer, People, PeopleError, PersonRecord, Requester, SignInRules};
use agent_bill_model::ChatModel;
use agent_bill_planner::Planner;
use agent_bill_records::Store;
use agent_bill_records::people::{self, ListedPerson};
use agent_bill_records::scope::{ReadSettings, ViewSettings};

pub struct App {
    pub store: Store,
    pub clock: SharedClock,
    pub agent: Agent,
    pub authenticator: Arc<Authenticator>,
    /// Only on this machine: signs tokens for the people in the records.
    issuer: Option<Arc<LocalIssuer>>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("nobody is called `{0}`; the people are: {1}")]
    UnknownPerson(String, String),
    #[error(
        "there is nobody in the records yet; import people with `agent-bill org import`, or create the demo with `agent-bill demo run`"
    )]
    Nobody,
    #[error("`{0}` could be {1}; write the e-mail address")]
    AmbiguousPerson(String, String),
    #[error("people can only be impersonated where no `identity` is configured; sign in with a token instead")]
    NoLocalIssuer,
    #[error(transparent)]
    Issuer(#[from] agent_bill_identity::LocalIssuerError),
    #[error(transparent)]
    SignIn(#[from] agent_bill_identity::AuthenticationError),
    #[error(transparent)]
    Store(#[from] agent_bill_records::StoreError),
    #[error(transparent)]
    Setup(#[from] agent_bill_identity::SetupError),
}

impl App {
    /// For one machine: people sign in with tokens of an issuer that lives in this process. Refused where the service would listen
    /// beyond loopback.
    ///
    /// # Errors
    /// When no signing key can be made, or `listen` is not a loopback address.
    pub fn local(config: &Config, store: Store, clock: SharedClock) -> Result<Self, AppError> {
        let issuer = Arc::new(LocalIssuer::new(Arc::clone(&clock))?);
        let people = Arc::new(LocalPeople(store.clone()));
        let authenticator = Authenticator::for_local_issuer(&issuer, config.listen, people, Arc::clone(&clock))?;
        Ok(Self::assemble(config, store, clock, authenticator, Some(issuer)))
    }

    /// For an organisation: people sign in with access tokens of their Cognito user pool.
    ///
    /// # Errors
    /// When the key set address cannot be used.
    pub fn hosted(config: &Config, identity: &IdentityConfig, store: Store, clock: SharedClock) -> Result<Self, AppError> {
        let expected = Expected {
            issuer: identity.issuer.clone(),
            clients: identity.client_ids.iter().cloned().collect::<BTreeSet<_>>(),
            audience: identity.audience.clone(),
            scope: identity.required_scope.clone(),
        };
        let rules = SignInRules { roles_by_group: identity.group_roles.clone(), link_by_email: identity.link_by_email };
        let people = Arc::new(store.clone());
        let authenticator = Authenticator::for_user_pool(&identity.jwks_url, expected, rules, people, Arc::clone(&clock))?;
        Ok(Self::assemble(config, store, clock, authenticator, None))
    }

    fn assemble(config: &Config, store: Store, clock: SharedClock, authenticator: Authenticator, issuer: Option<Arc<LocalIssuer>>) -> Self {
        let agent = agent(config, &store, &clock);
        Self { store, clock, agent, authenticator: Arc::new(authenticator), issuer }
    }

    /// The person an operator of this machine means, by first name, name or e-mail.
    ///
    /// # Errors
    /// `Nobody`, `UnknownPerson`, `AmbiguousPerson`, or the database fails.
    pub async fn find_person(&self, text: &str) -> Result<ListedPerson, AppError> {
        let everybody = people::list(&self.store).await?;
        if everybody.is_empty() {
            return Err(AppError::Nobody);
        }
        let mut called = people::meant(&everybody, text);
        match (called.pop(), called.is_empty()) {
            (Some(person), true) => Ok(person.clone()),
            (Some(last), false) => {
                called.push(last);
                let emails: Vec<&str> = called.iter().map(|person| person.email.as_str()).collect();
                Err(AppError::AmbiguousPerson(text.to_owned(), emails.join(", ")))
            }
            (None, _) => {
                let names: Vec<&str> = everybody.iter().map(|person| person.name.as_str()).collect();
                Err(AppError::UnknownPerson(text.to_owned(), names.join(", ")))
            }
        }
    }

    /// A token for a person of the records, as their sign-in would give it.
    ///
    /// # Errors
    /// `NoLocalIssuer` for a hosted service.
    pub fn token_for(&self, person: &ListedPerson) -> Result<String, AppError> {
        let issuer = self.issuer.as_ref().ok_or(AppError::NoLocalIssuer)?;
        let groups: BTreeSet<&str> = person.grants.iter().map(|(role, _)| role.key()).collect();
        let sub = person.sub.clone().unwrap_or_else(|| format!("{LOCAL_SUB}{}", person.id));
        Ok(issuer.token_for(&sub, &person.email, &groups.into_iter().collect::<Vec<_>>())?)
    }

    /// Signs a person in by a real token through the real verifier.
    ///
    /// # Errors
    /// As `find_person` and `token_for`, or the verifier refuses.
    pub async fn sign_in(&self, person: &str) -> Result<Requester, AppError> {
        let token = self.token_for(&self.find_person(person).await?)?;
        Ok(self.authenticator.authenticate(&token).await?)
    }
}

/// Answered by the configured model; the planner stands in for any other.
fn agent(config: &Config, store: &Store, clock: &SharedClock) -> Agent {
    let model: Arc<dyn ChatModel> = match config.model {
        ModelChoice::Planner => Arc::new(Planner),
        ModelChoice::Bedrock => Arc::new(BedrockModel::new(&config.bedrock)),
    };
    let agent = Agent::new(store.clone(), Arc::clone(clock), model, registry(), view_settings(config))
        .with_limits(config.bedrock.limits, Duration::from_secs(config.bedrock.turn_seconds));
    if config.model == ModelChoice::Planner { agent } else { agent.with_standby(Arc::new(Planner)) }
}

#[must_use]
pub fn view_settings(config: &Config) -> ViewSettings {
    let net_cost = config.cost_metric == CostMetric::NetUnblended;
    ViewSettings {
        answers: Settings {
            healthy_cache_permille: config.cache.healthy_percent * 10,
            cache_reuse: config.cache.reuse,
            net_cost,
            agent_limits: config.bedrock.limits.allowed(),
        },
        reads: ReadSettings { net_cost, tag_keys: config.principal_tag_keys.iter().map(|key| key.to_lowercase()).collect() },
    }
}

/// Subject of a person who never signed in elsewhere. Cognito subjects are UUIDs, so the two cannot meet.
const LOCAL_SUB: &str = "local:";

/// People of the records, linked or not, without writing anything: a local session must not take over somebody's first real sign-in.
struct LocalPeople(Store);

#[async_trait]
impl People for LocalPeople {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let Some(id) = sub.strip_prefix(LOCAL_SUB) else { return self.0.find_person_by_sub(sub).await };
        let everybody = people::list(&self.0).await.map_err(|error| PeopleError(Box::new(error)))?;
        let wanted = PersonId::from(id);
        Ok(everybody.into_iter().find(|person| person.id == wanted).map(|person| PersonRecord { id: person.id, name: person.name }))
    }

    async fn link_person_by_email(&self, _: &str, _: &str) -> Result<Option<PersonRecord>, PeopleError> {
        Ok(None)
    }
}
