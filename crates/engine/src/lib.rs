//! Turns selections and measures into small result tables. Pure: no I/O, no clock.
