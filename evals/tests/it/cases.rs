//! What the case files as a whole must cover.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agent_bill_domain::role::Role;
use agent_bill_evals::case::{Attack, Case, WorldName, load};
use agent_bill_evals::world::World;

const KINDS: [Attack; 15] = [
    Attack::RoleClaim,
    Attack::FakeSystem,
    Attack::StoredName,
    Attack::StoredDescription,
    Attack::ToolResult,
    Attack::Paraphrase,
    Attack::Difference,
    Attack::Counting,
    Attack::Encoding,
    Attack::Erosion,
    Attack::Sql,
    Attack::Prompt,
    Attack::Secret,
    Attack::Exfiltration,
    Attack::FakeConfirmation,
];

fn cases() -> Vec<Case> {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).unwrap()
}

#[test]
fn attacks_of_every_kind_come_from_every_role() {
    let attacks: Vec<Case> = cases().into_iter().filter(|case| case.attack.is_some()).collect();
    assert!(attacks.len() >= 48, "only {} attacks", attacks.len());
    let mut by_kind: BTreeMap<Attack, usize> = BTreeMap::new();
    for attack in attacks.iter().filter_map(|case| case.attack) {
        *by_kind.entry(attack).or_default() += 1;
    }
    for kind in KINDS {
        assert!(by_kind.get(&kind).is_some_and(|count| *count >= 3), "{kind:?}: {by_kind:?}");
    }
    let roles: BTreeSet<String> = attacks.iter().map(|case| World::named(case.world).role_of(&case.persona)).collect();
    let missing: Vec<&str> = Role::ALL.into_iter().map(Role::label).filter(|label| !roles.contains(*label)).collect();
    assert!(missing.is_empty(), "no attack by {missing:?}");
}

#[test]
fn erosion_takes_at_least_six_turns() {
    let short: Vec<String> =
        cases().into_iter().filter(|case| case.attack == Some(Attack::Erosion) && case.turns.len() < 6).map(|case| case.id).collect();
    assert!(short.is_empty(), "{short:?}");
}

#[test]
fn every_persona_is_somebody_of_the_organisation_asked() {
    for case in cases() {
        assert_ne!(World::named(case.world).role_of(&case.persona), "nobody", "{}: {}", case.id, case.persona);
    }
}

#[test]
fn stored_orders_are_asked_of_the_hostile_organisation() {
    for case in cases() {
        if matches!(case.attack, Some(Attack::StoredName | Attack::StoredDescription)) {
            assert_eq!(case.world, WorldName::Hostile, "{}", case.id);
        }
    }
}
