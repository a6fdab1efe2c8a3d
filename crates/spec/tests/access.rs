//! Who gets which dashboard, and that nothing else is in it.
use std::collections::BTreeSet;
use tarn_spec::{Access, RoleSet, compile, render_all};

const DASHBOARD: &str = r#"
title: Air
access:
  identity: { url: /oauth2/userinfo, provider: oauth2-proxy, claims: { region: custom.region } }
  roles:
    viewer: { groups: [staff, guests] }
    ops: { groups: [airport-ops], includes: [viewer] }
    money: { groups: [finance] }
data:
  flights:
    source: data/flights.parquet
    ttl: 5m
    schema: { date: timestamp!, delay: int64, origin: string!, secretcolumn: int64 }
    time: date
    dimensions: { secretdimension: secretcolumn + 1 }
    measures: { flights: count(*), secretmeasure: sum(secretcolumn) }
  salaries:
    source: data/region={user.region}/secretplace/manifest.json
    ttl: 5m
    schema: { pay: double }
    measures: { payroll: { sql: sum(pay), label: Secretlabel } }
filters:
  origin: { field: flights.origin, type: multi_select }
  secretfilter: { field: flights.secretdimension, type: range }
pages:
  - { title: Overview, roles: [viewer], filters: [origin], rows: [[kpi: flights, { bar: secretmeasure, by: origin, title: Secretview, roles: [ops] }]] }
  - { title: Secretpage, roles: [ops], filters: [origin, secretfilter], rows: [[{ kpi: secretmeasure, title: Also secret }]] }
  - { title: Pay, roles: [money], rows: [[kpi: payroll]] }
"#;

fn sets(yaml: &str) -> (Access, Vec<RoleSet>) {
    let compiled = compile("dashboard.yaml", yaml.as_bytes());
    let told = render_all(&compiled.files, &compiled.diagnostics);
    let access = compiled.access.expect(&told);
    let sets = access.role_sets(&compiled.dashboard.unwrap()).unwrap();
    (access, sets)
}

/// The set of a viewer in these groups: the first whose needs they meet.
fn of<'a>(sets: &'a [RoleSet], groups: &[&str]) -> Option<&'a RoleSet> {
    sets.iter().find(|set| set.needs.iter().all(|any| any.iter().any(|group| groups.contains(&group.as_str()))))
}

fn pages(set: &RoleSet) -> Vec<&str> {
    set.dashboard.pages.iter().map(|page| page.title.as_str()).collect()
}

#[test]
fn every_combination_of_groups_has_its_dashboard() {
    let (_, sets) = sets(DASHBOARD);
    assert_eq!(sets.len(), 5, "viewer, ops, money, and both with money");
    for (groups, expected) in [
        (vec!["guests"], vec!["Overview"]),
        (vec!["staff", "guests"], vec!["Overview"]),
        (vec!["airport-ops"], vec!["Overview", "Secretpage"]),
        (vec!["finance"], vec!["Pay"]),
        (vec!["finance", "staff", "unheard-of"], vec!["Overview", "Pay"]),
        (vec!["airport-ops", "finance", "staff"], vec!["Overview", "Secretpage", "Pay"]),
    ] {
        assert_eq!(pages(of(&sets, &groups).unwrap()), expected, "{groups:?}");
    }
    assert!(of(&sets, &["unheard-of"]).is_none());
    assert!(of(&sets, &[]).is_none());
}

#[test]
fn nothing_guarded_occurs_in_the_bytes_for_others() {
    let (_, sets) = sets(DASHBOARD);
    let bytes = |groups: &[&str]| of(&sets, groups).unwrap().dashboard.to_bytes();
    let holds = |bytes: &[u8], word: &str| bytes.to_ascii_lowercase().windows(word.len()).any(|part| part == word.as_bytes());
    for word in ["secret", "pay", "region", "salar", "ops", "staff", "finance", "viewer", "whoami", "oauth2"] {
        assert!(!holds(&bytes(&["staff"]), word), "viewers find `{word}`");
    }
    for word in ["secret", "flight", "origin", "delay", "overview"] {
        let found = holds(&bytes(&["finance"]), word);
        assert_eq!(found, word == "secret", "the place of the data is all that the payroll has of `{word}`");
    }
    for word in ["secretmeasure", "secretview", "secretpage", "secretfilter"] {
        assert!(holds(&bytes(&["airport-ops"]), word), "who may see `{word}` gets it");
    }
}

#[test]
fn a_view_may_ask_for_another_role_than_its_page() {
    let yaml = DASHBOARD.replace("{ kpi: secretmeasure, title: Also secret }", "{ kpi: secretmeasure, title: Both, roles: [money] }");
    let (_, sets) = sets(&yaml);
    assert_eq!(pages(of(&sets, &["airport-ops"]).unwrap()), ["Overview"], "a page without a view of theirs does not exist for them");
    assert_eq!(pages(of(&sets, &["finance"]).unwrap()), ["Pay"]);
    assert_eq!(pages(of(&sets, &["finance", "airport-ops"]).unwrap()), ["Overview", "Secretpage", "Pay"]);
}

/// The slow twin: every subset of groups by the words of the documentation.
#[test]
fn role_sets_agree_with_asking_every_view_for_every_viewer() {
    let (access, sets) = sets(DASHBOARD);
    let all = compile("dashboard.yaml", DASHBOARD.as_bytes()).dashboard.unwrap();
    let groups: Vec<&str> = access.roles.iter().flat_map(|role| &role.groups).map(String::as_str).collect();
    for subset in 0..1u32 << groups.len() {
        let held: Vec<&str> = groups.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, group)| *group).collect();
        let mut roles: BTreeSet<&str> = BTreeSet::new();
        for role in access.roles.iter().filter(|role| role.groups.iter().any(|group| held.contains(&group.as_str()))) {
            roles.insert(&role.name);
            roles.extend(role.includes.iter().map(String::as_str));
        }
        let may = |asked: Option<&Vec<String>>| asked.is_none_or(|asked| asked.iter().any(|role| roles.contains(role.as_str())));
        let expected: BTreeSet<&str> = all
            .pages
            .iter()
            .filter(|page| may(access.pages.get(&page.id)))
            .flat_map(|page| page.views())
            .filter(|view| may(access.views.get(&view.id)))
            .map(|view| view.id.as_str())
            .collect();
        let found: BTreeSet<&str> = of(&sets, &held)
            .into_iter()
            .flat_map(|set| &set.dashboard.pages)
            .flat_map(|page| page.views())
            .map(|view| view.id.as_str())
            .collect();
        assert_eq!(found, expected, "{held:?}");
    }
}

#[test]
fn ids_change_with_the_needs_alone() {
    let ids = |yaml: &str| sets(yaml).1.into_iter().map(|set| set.id).collect::<BTreeSet<_>>();
    assert_eq!(ids(DASHBOARD), ids(&DASHBOARD.replace("title: Overview", "title: Start")));
    assert_ne!(ids(DASHBOARD), ids(&DASHBOARD.replace("[finance]", "[accounting]")));
}

#[test]
fn a_role_without_a_page_is_told() {
    let yaml = DASHBOARD.replace("    money:", "    idle: { groups: [nobody] }\n    money:");
    let compiled = compile("dashboard.yaml", yaml.as_bytes());
    assert!(render_all(&compiled.files, &compiled.diagnostics).contains("no page is for the role `idle`"));
}

#[test]
fn data_that_more_viewers_can_load_than_are_shown_it_is_told() {
    let told = |yaml: &str| {
        let compiled = compile("dashboard.yaml", yaml.as_bytes());
        render_all(&compiled.files, &compiled.diagnostics)
    };
    let warnings = told(DASHBOARD);
    assert!(warnings.contains("not everybody who is shown `flights` is shown `secretcolumn`, but all of them can load it"), "{warnings}");
    assert!(!warnings.contains("salaries"), "a source that is one role's alone: {warnings}");
    let elsewhere = told(&DASHBOARD.replace("source: data/flights.parquet", "source: https://store.example/flights.parquet"));
    assert!(elsewhere.contains("the data of `flights` lies on another origin"), "{elsewhere}");
    let apart = DASHBOARD
        .replace("{ bar: secretmeasure, by: origin, title: Secretview, roles: [ops] }", "kpi: flights")
        .replace("kpi: secretmeasure", "kpi: flights");
    let apart = told(&apart.replace("[origin, secretfilter]", "[origin]"));
    assert!(!apart.contains("can load it"), "{apart}");
}

/// Of the viewer's roles the first in the file that has defaults decides, whatever else they may see.
#[test]
fn filters_start_as_the_role_has_it() {
    let yaml = DASHBOARD
        .replace("viewer: { groups: [staff, guests] }", "north: { groups: [north], includes: [viewer], defaults: { origin: [ATL] } }\n    viewer: { groups: [staff, guests], defaults: { origin: [ORD, DFW] } }")
        .replace("money: {", "south: { groups: [south], includes: [viewer], defaults: { origin: [MIA], secretfilter: [1, 5] } }\n    money: {");
    let (_, sets) = sets(&yaml);
    let text = |groups: &[&str], id: &str| {
        let dashboard = &of(&sets, groups)?.dashboard;
        let filter = dashboard.filter(id)?;
        filter.default.as_ref().map(|value| filter.text(value))
    };
    for (groups, origin, secret) in [
        (vec!["staff"], "ORD,DFW", None),
        (vec!["north"], "ATL", None),
        (vec!["north", "south", "staff"], "ATL", None),
        // `includes` gives the role: what it has decides, when it stands before.
        (vec!["south"], "ORD,DFW", None),
        (vec!["airport-ops"], "ORD,DFW", None),
        (vec!["airport-ops", "north"], "ATL", None),
        (vec!["finance", "staff"], "ORD,DFW", None),
    ] {
        assert_eq!(text(&groups, "origin").as_deref(), Some(origin), "{groups:?}");
        assert_eq!(text(&groups, "secretfilter").as_deref(), secret, "{groups:?}");
    }
    assert_eq!(text(&["finance"], "origin"), None, "a filter that is not theirs");
    let told = |yaml: &str| {
        let compiled = compile("dashboard.yaml", yaml.as_bytes());
        render_all(&compiled.files, &compiled.diagnostics)
    };
    let unknown = told(&yaml.replace("defaults: { origin: [ATL] }", "defaults: { orgin: [ATL] }"));
    assert!(unknown.contains("unknown filter `orgin`") && unknown.contains("origin"), "{unknown}");
    let wrong = told(&yaml.replace("secretfilter: [1, 5]", "secretfilter: much"));
    assert!(wrong.contains("expected"), "{wrong}");
}
