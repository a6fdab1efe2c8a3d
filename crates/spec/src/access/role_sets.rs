use super::{Access, Role, prune};
use std::collections::{BTreeMap, BTreeSet};
use tarn_dashboard::Dashboard;

/// What some viewers see: a dashboard of its own, in which nothing else exists.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleSet {
    /// Stands in paths. It changes with the groups that are needed and tells nothing of them.
    pub id: String,
    /// A viewer needs one group of every list. Never empty.
    pub needs: Vec<BTreeSet<String>>,
    pub dashboard: Dashboard,
}

/// A condition: one of these groups.
type Guard = BTreeSet<String>;

impl Access {
    /// One set for each dashboard that a combination of groups can lead to, the one that shows most first, then the one whose
    /// defaults are those of the earlier role: the first whose
    /// needs a viewer meets is the viewer's. `Err` with their number when there are more than [`super::MAX_ROLE_SETS`].
    pub fn role_sets(&self, dashboard: &Dashboard) -> Result<Vec<RoleSet>, usize> {
        let starts: Vec<(&Role, Guard)> = self
            .roles
            .iter()
            .filter(|role| !role.defaults.is_empty())
            .map(|role| (role, self.groups_of(std::slice::from_ref(&role.name))))
            .collect();
        let of_views = self.guards(dashboard).into_values().flatten();
        let guards: Vec<Guard> =
            of_views.chain(starts.iter().map(|(_, guard)| guard.clone())).collect::<BTreeSet<_>>().into_iter().collect();
        let mut sets: Vec<(BTreeSet<String>, usize, RoleSet)> = vec![];
        for met in combinations(&guards)? {
            let views = self.visible(dashboard, &met);
            // Behind the last: no role of theirs has defaults.
            let start = starts.iter().position(|(_, guard)| met.contains(guard)).unwrap_or(starts.len());
            if views.is_empty() || sets.iter().any(|(known, other, _)| *known == views && *other == start) {
                continue;
            }
            let mut own = prune::keep_views(dashboard, &views);
            let started = starts.get(start);
            for (id, value) in started.iter().flat_map(|(role, _)| &role.defaults) {
                own.filters.iter_mut().filter(|filter| filter.id == *id).for_each(|filter| filter.default = Some(value.clone()));
            }
            let needs = self.needs(dashboard, &views, started.map(|(_, guard)| guard));
            sets.push((views, start, RoleSet { id: id(&needs), needs, dashboard: own }));
        }
        if sets.len() > super::MAX_ROLE_SETS {
            return Err(sets.len());
        }
        sets.sort_by_key(|(views, start, set)| (std::cmp::Reverse(views.len()), *start, set.id.clone()));
        Ok(sets.into_iter().map(|(.., set)| set).collect())
    }

    /// What a viewer has to meet to see a view, by the view's id.
    fn guards(&self, dashboard: &Dashboard) -> BTreeMap<String, Vec<Guard>> {
        let mut found = BTreeMap::new();
        for page in &dashboard.pages {
            // A page that nobody named roles for is nobody's.
            let of_page = self.groups_of(self.pages.get(&page.id).map_or(&[], Vec::as_slice));
            for view in page.views() {
                let of_view = self.views.get(&view.id).map(|roles| self.groups_of(roles));
                found.insert(view.id.clone(), [of_page.clone()].into_iter().chain(of_view).collect());
            }
        }
        found
    }

    fn visible(&self, dashboard: &Dashboard, met: &BTreeSet<Guard>) -> BTreeSet<String> {
        let guards = self.guards(dashboard);
        guards.into_iter().filter(|(_, needs)| needs.iter().all(|guard| met.contains(guard))).map(|(view, _)| view).collect()
    }

    /// The conditions of all these views, and of the role with the defaults, without those that another one implies.
    fn needs(&self, dashboard: &Dashboard, views: &BTreeSet<String>, of_defaults: Option<&Guard>) -> Vec<Guard> {
        let guards = self.guards(dashboard);
        let of_views = views.iter().filter_map(|view| guards.get(view)).flatten();
        let all: BTreeSet<Guard> = of_views.chain(of_defaults).cloned().collect();
        all.iter().filter(|guard| !all.iter().any(|other| other != *guard && other.is_subset(guard))).cloned().collect()
    }
}

/// No file means more combinations than these.
const MAX_COMBINATIONS: usize = 4_096;

/// Which of the guards viewers can meet together: a group meets every guard that lists it, several groups meet what each of
/// them does. Starts with the viewer who is in none.
fn combinations(guards: &[Guard]) -> Result<BTreeSet<BTreeSet<Guard>>, usize> {
    let groups: BTreeSet<&String> = guards.iter().flatten().collect();
    let mut found = BTreeSet::from([BTreeSet::new()]);
    for group in groups {
        let met = || guards.iter().filter(|guard| guard.contains(group)).cloned();
        let more: Vec<BTreeSet<Guard>> = found.iter().map(|with: &BTreeSet<Guard>| with.iter().cloned().chain(met()).collect()).collect();
        found.extend(more);
        if found.len() > MAX_COMBINATIONS {
            return Err(found.len());
        }
    }
    Ok(found)
}

/// FNV-1a of the sorted groups: stable between builds, so that an unchanged set keeps its path.
fn id(needs: &[Guard]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let text = needs.iter().flat_map(|guard| guard.iter().map(String::as_str).chain(["\u{1}"])).flat_map(|text| text.bytes().chain([0]));
    for byte in text {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
