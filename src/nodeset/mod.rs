//! Node sets.
