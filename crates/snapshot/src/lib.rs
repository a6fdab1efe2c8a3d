//! What a snapshot is: identity, byte ranges, freshness rule and contract.
