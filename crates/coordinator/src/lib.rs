//! The page's side of the protocol: requests, superseding, restart of dead workers, refresh schedule.
