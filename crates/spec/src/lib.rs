//! Turns a dashboard file (YAML with SQL expressions) into a compiled dashboard, with a place in every error.
