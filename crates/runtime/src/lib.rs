//! The worker's side: loader, cache policy and planner over a Host.
